import AttuneExperiments
import Foundation
import Testing

@Suite struct OnlineRunCommandTests {
  private func config(_ stream: String, learners: String = "{learner: logistic-regression}") -> String {
    "name: small\nstreams: [{name: s, \(stream)}]\nlearners: [\(learners)]\n"
  }
  private let plane = "task: classification, source: {kind: hyperplane, rows: 500, features: 3}"

  @Test func `a run prints its table, and goes on in its folder`() throws {
    try inFolder { folder in
      try write(config(plane), to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "--output", "out", in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.hasPrefix("small: 1 learner × 1 stream × 1 seed; run folder out\n"))
      #expect(outcome.errors.hasSuffix("report: out/report.html\n"))
      for part in ["last-label", "majority", "logistic-regression", "s: 500 rows, 3 inputs, 2 classes"] {
        #expect(outcome.output.contains(part), "\(part)")
      }
      let json = try attune("run", "x.yaml", "--output", "out", "--json", "-q", in: folder)
      #expect(json.code == 0 && json.errors.isEmpty)
      #expect(try String(contentsOfFile: folder + "/out/results.json", encoding: .utf8) == json.output)
      let dry = try attune("run", "x.yaml", "--dry-run", in: folder)
      #expect(dry.output.hasSuffix("# plan: stream 's': last-label, majority, logistic-regression\n"), "\(dry.output)")
    }
  }

  @Test func `what is wrong has its exit code`() throws {
    try inFolder { folder in
      func run(_ text: String, _ arguments: String...) throws -> Outcome {
        try write(text, to: folder + "/x.yaml")
        try? FileManager.default.removeItem(atPath: folder + "/out")
        return try AttuneProcess(["run", "x.yaml", "-q", "--output", "out"] + arguments, in: folder).finish()
      }
      func file(_ text: String) throws -> String {
        try write(text, to: folder + "/d.csv")
        return "task: classification, source: {kind: csv, path: d.csv, target: y}"
      }
      #expect(try run(config(plane) + "data: {}\n").code == 64)
      let missing = "task: classification, source: {kind: csv, path: none.csv, target: y}"
      #expect(try run(config(missing), "--dry-run").code == 66)
      #expect(try run(config(file("x,z\n1,2\n2,3\n")), "--dry-run").code == 65)
      let ddm = "{learner: recursive-least-squares, detector: ddm}"
      let numbers = try run(config("task: regression, source: {kind: hyperplane, rows: 50}", learners: ddm))
      #expect(numbers.code == 64 && numbers.errors.contains("counts wrong classes"), "\(numbers.errors)")
      let strategies = try run(config(plane), "--strategies", "all")
      #expect(strategies.code == 64 && strategies.errors.contains("learners"), "\(strategies.errors)")
      #expect(
        try run(
          config(
            "task: regression, source: {kind: csv, path: none.csv, target: y}",
            learners: "{learner: linear-regression}")
        ).code == 66)
      let infinite = try run(config(try file("x,y\n1,a\ninf,b\n")))
      #expect(
        infinite.code == 65 && infinite.errors.contains("line 3 (row 2), column \"x\": found \"inf\""),
        "\(infinite.errors)")
      let unseen = try run(config(try file("x,y\n1,a\n2,c\n") + ", classes: [a, b]"))
      #expect(
        unseen.code == 65 && unseen.errors.contains("expected one of the classes \"a\", \"b\""), "\(unseen.errors)")
      #expect(try run(config(try file("x,y\n"))).code == 65)
      #expect(try run(config(plane + ", warmUp: 500")).code == 65)
      let some = try run(
        config(try file("x,y\n1,a\n2,b\n3,c\n"), learners: "{learner: perceptron}, {learner: softmax-regression}"))
      #expect(
        some.code == 2 && some.errors.contains("learner 'perceptron' failed on stream 's', seed 0: "), "\(some.errors)")
      // A figure that was missed fails nothing.
      let missed = try run(config(plane) + "expect: [{stream: s, learner: majority, maximum: 0}]\n")
      #expect(missed.code == 0 && missed.output.contains("Expected figures: 1 of 1 missed"))
    }
  }
}
