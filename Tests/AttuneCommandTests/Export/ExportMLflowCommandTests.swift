import AttuneCore
import Foundation
import Testing

@testable import AttuneCommand

/// What `attune export mlflow` sends; a real server is in scripts/check-exchange.sh.
@Suite struct ExportMLflowCommandTests {
  /// Calls `body` with a folder that holds a run `out` and a server that keeps runs.
  private func withRun(artifacts: String = "mlflow-artifacts:", _ body: (String, MLflowStandIn) throws -> Void) throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      let run = try attune("run", "x.yaml", "-q", "--output", "out", in: folder)
      try #require(run.code == 0, "\(run.errors)")
      let server = try MLflowStandIn(artifacts: artifacts)
      defer { server.stop() }
      try body(folder, server)
    }
  }

  private func export(
    _ server: MLflowStandIn, in folder: String, _ more: String..., environment: [String: String] = [:]
  )
    throws -> Outcome
  {
    try AttuneProcess(
      ["export", "mlflow", "out", "--uri", server.address] + more, in: folder, environment: environment
    ).finish()
  }

  @Test func `a run becomes a run with one below it for each cell and seed, once`() throws {
    try withRun { folder, server in
      let outcome = try export(server, in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output == "\(server.address)/#/experiments/0/runs/r0\n")
      #expect(outcome.errors.hasSuffix("out: 5 runs written\n"))
      #expect(server.experiments == ["small"] && server.problem == nil)
      let runs = server.runs
      #expect(runs.map(\.status) == Array(repeating: "FINISHED", count: 5))
      #expect(runs[0].name == "out" && runs[0].parameters["data.split.trainFraction"] == "0.2")
      #expect(Set(runs[0].files.keys).isSuperset(of: ["report.html", "config.yaml", "results.csv", "results.json"]))
      #expect(
        runs[0].files["models/sgd-seed1.safetensors"]
          == FileManager.default.contents(atPath: folder + "/out/models/sgd-seed1.safetensors").map { Array($0) })
      #expect(runs[1].name == "sgd · none · clean · seed 0")
      #expect(runs[1].tags["mlflow.parentRunId"] == "r0" && runs[1].tags["attune.verdict"] == "baseline")
      #expect(runs[1].tags["attune.source_access"] == "none" && runs[1].tags["attune.label_delay"] == "never")
      #expect(runs[1].parameters["training.optimizer.learningRate"] == "0.05")
      #expect(runs[1].parameters["network.hidden"] == "[8]" && runs[1].parameters["inference.strategy"] == "none")
      let batches = runs[1].metrics.filter { $0.key == "batch_error" }
      #expect(batches.map(\.step) == Array(0..<batches.count) && batches.count > 10)
      #expect(runs[1].metrics.contains { $0.key == "error" } && runs[1].metrics.contains { $0.key == "training_flops" })

      let before = server.requests.count
      let again = try export(server, in: folder, "--json")
      #expect(again.code == 0 && again.errors.hasSuffix("out is there already, with 5 runs; nothing was written\n"))
      #expect(
        again.output
          == #"{"experiment_id":"0","run_id":"r0","url":"\#(server.address)/#/experiments/0/runs/r0","written":0,"#
          + #""present":5}"# + "\n")
      // One look at the experiment, three pages of runs, and nothing else.
      #expect(server.requests.count == before + 4 && server.runs.count == 5)
    }
  }

  @Test func `an export that was interrupted goes on, and gives what an undisturbed one gives`() throws {
    try withRun { folder, server in
      for calls in [2, 3, 5, 9, 14, 17] {
        server.answerOnly(calls)
        let outcome = try export(server, in: folder, "-q")
        #expect(outcome.code == 69)
        #expect(outcome.errors.contains("(STOPPED: no more); what was exported is kept, and the same command goes on"))
      }
      server.answerOnly(nil)
      #expect(try export(server, in: folder, "-q").code == 0)
      let whole = try MLflowStandIn()
      defer { whole.stop() }
      #expect(try export(whole, in: folder, "-q").code == 0)
      #expect(server.runs.count == 5 && server.problem == nil && server.experiments == ["small"])
      for (a, b) in zip(server.runs, whole.runs) {
        #expect(a.name == b.name && a.parameters == b.parameters && a.files == b.files && a.status == b.status)
        #expect(a.metrics.count == b.metrics.count)
      }
    }
  }

  @Test func `credentials come from the environment`() throws {
    try withRun { folder, server in
      func header(_ environment: [String: String]) throws -> String? {
        #expect(try export(server, in: folder, "-q", "--without-artifacts", environment: environment).code == 0)
        return server.requests.last?.headers["authorization"]
      }
      let user = ["MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "é:1", "MLFLOW_TRACKING_TOKEN": "abc"]
      let nobody = try header([:]), token = try header(["MLFLOW_TRACKING_TOKEN": "abc"]), both = try header(user)
      #expect(nobody == nil && token == "Bearer abc")
      #expect(both == "Basic " + Data("ann:é:1".utf8).base64EncodedString())
      #expect(server.runs[0].files.isEmpty)
    }
  }

  @Test func `what is wrong has its exit code and says what to do`() throws {
    try withRun(artifacts: "/srv/files") { folder, server in
      let local = try export(server, in: folder)
      #expect(local.code == 69)
      #expect(local.errors.contains("does not take files: it keeps those of runs at /srv/files/0/r0/artifacts"))
      server.stop()
      let gone = try export(server, in: folder)
      #expect(gone.code == 69)
      #expect(gone.errors.hasPrefix("attune: error: cannot reach an MLflow server at \(server.address) ("))
      let other = try LoopbackServer(["/": .init(bytes: Array("hello".utf8))])
      defer { other.stop() }
      let page = try attune("export", "mlflow", "out", "--uri", other.address(""), in: folder)
      #expect(page.code == 69 && page.errors.contains("is no MLflow server"), "\(page.errors)")
      let closed = try LoopbackServer { _ in ("401 Unauthorized", "") }
      defer { closed.stop() }
      let refused = try attune("export", "mlflow", "out", "--uri", closed.address(""), in: folder)
      #expect(refused.code == 69 && refused.errors.contains("set MLFLOW_TRACKING_USERNAME and"), "\(refused.errors)")
      for uri in ["localhost:5000", "ftp://x", "http://", "http://ann:secret@localhost"] {
        let outcome = try attune("export", "mlflow", "out", "--uri", uri, in: folder)
        #expect(outcome.code == 64 && outcome.errors.contains("--uri: "), "\(uri): \(outcome.errors)")
        #expect(!outcome.errors.contains("secret"))
      }
      #expect(try attune("export", "mlflow", "out", in: folder).code == 64)
      #expect(try attune("export", "mlflow", "none", "--uri", server.address, in: folder).code == 66)
    }
  }

  @Test func `an online run is written too`() throws {
    try inFolder { folder in
      try write(
        """
        name: small
        seeds: [0, 1]
        streams: [{name: s, task: classification, source: {kind: hyperplane, rows: 500, features: 3}}]
        learners: [{learner: logistic-regression}]

        """, to: folder + "/x.yaml")
      #expect(try attune("run", "x.yaml", "-q", "--output", "out", in: folder).code == 0)
      let server = try MLflowStandIn()
      defer { server.stop() }
      let outcome = try export(server, in: folder, "-q", "--experiment", "mine & yours")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(server.experiments == ["mine & yours"] && server.problem == nil)
      let run = try #require(server.runs.first { $0.name == "s · logistic-regression · seed 1" })
      #expect(run.tags["attune.labels"]?.isEmpty == false && run.parameters["stream.source.rows"] == "500")
      #expect(run.metrics.contains { $0.key == "window_error" } && run.metrics.contains { $0.key == "learn_flops" })
      #expect(run.metrics.contains { $0.key == "rows_scored" && $0.value.asDouble == 500 })
    }
  }

  @Test func `numbers that JSON does not have are texts`() {
    func value(_ value: Double) -> JSONValue? {
      MLflowMetric(key: "a", value: value, step: 3).json(timestamp: 5).asObject?["value"]
    }
    #expect(value(.nan) == .string("NaN") && value(.infinity) == .string("Infinity"))
    #expect(value(-.infinity) == .string("-Infinity") && value(0.25)?.asDouble == 0.25)
  }

  @Test(arguments: [
    ("data.a,b", "data.a_b"), ("größe/m²", "gr__e/m_"), ("a//b/../c/.", "a/_/b/_/c/_"), ("", "_"),
    ("a b:c-d.e", "a b:c-d.e"),
  ])
  func `names are those that MLflow takes`(name: String, wanted: String) {
    #expect(MLflowNames.sanitized(name) == wanted)
  }

  @Test func `names that become one get numbers, and long values are cut`() {
    var names = MLflowNames()
    names.add("a,b", "1")
    names.add("a;b", String(repeating: "é", count: 7000))
    #expect(names.values.map(\.key) == ["a_b", "a_b_2"])
    #expect(names.values[1].value.unicodeScalars.count == 6000 && names.values[1].value.hasSuffix("é…"))
  }
}
