import AttuneCore
import Foundation
import Synchronization

/// A server on loopback that keeps runs as MLflow does, as far as an export needs it.
final class MLflowStandIn: Sendable {
  /// A run as it was written.
  struct Run {
    var name = "", status = "RUNNING"
    var tags: [String: String] = [:], parameters: [String: String] = [:]
    var metrics: [(key: String, value: JSONValue, step: Int)] = []
    var files: [String: [UInt8]] = [:]
    var end: Int?
  }

  private struct State {
    var experiments: [String] = []
    var runs: [Run] = []
    var calls: [String] = []
    /// Calls that are still answered; nil is all.
    var left: Int?
    var problem: String?
  }

  private let state = Mutex(State())
  private let server = Mutex<LoopbackServer?>(nil)
  private let artifacts: String

  /// - Parameter artifacts: what the addresses of files begin with.
  init(artifacts: String = "mlflow-artifacts:") throws {
    self.artifacts = artifacts
    let server = try LoopbackServer { [weak self] request in self?.answer(request) ?? ("500 Gone", "") }
    self.server.withLock { $0 = server }
  }

  var address: String { server.withLock { $0?.address("") } ?? "" }
  var requests: [LoopbackServer.Request] { server.withLock { $0?.requests } ?? [] }
  var runs: [Run] { state.withLock { $0.runs } }
  var experiments: [String] { state.withLock { $0.experiments } }
  /// What came that MLflow would refuse.
  var problem: String? { state.withLock { $0.problem } }

  /// After so many calls all others are refused; nil ends that.
  func answerOnly(_ calls: Int?) { state.withLock { $0.left = calls } }

  func stop() { server.withLock { $0?.stop() } }

  private func answer(_ request: LoopbackServer.Request) -> (status: String, body: String) {
    state.withLock { state in
      if let left = state.left {
        guard left > 0 else { return ("400 Bad Request", #"{"error_code":"STOPPED","message":"no more"}"#) }
        state.left = left - 1
      }
      let parts = request.path.split(separator: "?", maxSplits: 1)
      let path = String(parts[0]), query = parts.count > 1 ? String(parts[1]) : ""
      if request.method == "PUT" { return upload(path, request.body, &state) }
      let body = (try? StrictJSON.parse(request.body))?.asObject ?? JSONObject()
      if request.method == "POST", request.headers["content-type"] != "application/json" {
        state.problem = "\(path) without its type"
      }
      switch path {
      case "/api/2.0/mlflow/experiments/get-by-name":
        let name = query.dropFirst("experiment_name=".count).removingPercentEncoding ?? ""
        guard let place = state.experiments.firstIndex(of: name) else {
          return ("404 Not Found", #"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"none"}"#)
        }
        return ("200 OK", #"{"experiment":{"experiment_id":"\#(place)"}}"#)
      case "/api/2.0/mlflow/experiments/create":
        state.experiments.append(body["name"]?.asString ?? "")
        return ("200 OK", #"{"experiment_id":"\#(state.experiments.count - 1)"}"#)
      case "/api/2.0/mlflow/runs/search": return ("200 OK", search(body, state))
      case "/api/2.0/mlflow/runs/create": return create(body, &state)
      case "/api/2.0/mlflow/runs/log-batch": return log(body, &state)
      case "/api/2.0/mlflow/runs/update":
        guard let place = Self.place(body) else { return ("400 Bad Request", "{}") }
        state.runs[place].status = body["status"]?.asString ?? ""
        state.runs[place].end = body["end_time"]?.asInt
        return ("200 OK", "{}")
      default: return ("404 Not Found", "<html>")
      }
    }
  }

  private static func place(_ body: JSONObject) -> Int? { body["run_id"]?.asString.flatMap { Int($0.dropFirst(1)) } }

  private static func pairs(_ value: JSONValue?) -> [(String, String)] {
    (value?.asArray ?? []).map { ($0.asObject?["key"]?.asString ?? "", $0.asObject?["value"]?.asString ?? "") }
  }

  private func information(_ place: Int, _ run: Run) -> JSONValue {
    let tags = run.tags.sorted { $0.key < $1.key }.map { key, value -> JSONValue in
      .object(["key": .string(key), "value": .string(value)])
    }
    return .object([
      "info": .object([
        "run_id": .string("r\(place)"), "status": .string(run.status),
        "artifact_uri": .string("\(artifacts)/0/r\(place)/artifacts"),
      ]),
      "data": .object(["tags": .array(tags)]),
    ])
  }

  /// Two runs a page, so that pages are followed.
  private func search(_ body: JSONObject, _ state: State) -> String {
    let filter = body["filter"]?.asString ?? ""
    let wanted = filter.matches(of: #/tags\.`([^`]+)` = '([^']*)'/#).map { (String($0.1), String($0.2)) }
    let found = state.runs.enumerated().filter { _, run in wanted.allSatisfy { run.tags[$0.0] == $0.1 } }
    let start = body["page_token"]?.asString.flatMap { Int($0) } ?? 0
    var answer: JSONObject = ["runs": .array(found.dropFirst(start).prefix(2).map(information))]
    if start + 2 < found.count { answer["next_page_token"] = .string("\(start + 2)") }
    return JSONValue.object(answer).text
  }

  private func create(_ body: JSONObject, _ state: inout State) -> (String, String) {
    var run = Run(name: body["run_name"]?.asString ?? "")
    run.tags = Dictionary(Self.pairs(body["tags"])) { first, _ in first }
    state.runs.append(run)
    return ("200 OK", JSONValue.object(["run": information(state.runs.count - 1, run)]).text)
  }

  private func log(_ body: JSONObject, _ state: inout State) -> (String, String) {
    guard let place = Self.place(body) else { return ("400 Bad Request", "{}") }
    let parameters = Self.pairs(body["params"]), metrics = body["metrics"]?.asArray ?? []
    if parameters.count > 100 || metrics.count > 1000 || parameters.count + metrics.count > 1000 {
      state.problem = "\(parameters.count) parameters and \(metrics.count) metrics in one call"
    }
    for (key, value) in parameters {
      if let before = state.runs[place].parameters.updateValue(value, forKey: key), before != value {
        state.problem = "parameter \(key) changes"
      }
    }
    for metric in metrics {
      guard let metric = metric.asObject, let key = metric["key"]?.asString, let value = metric["value"],
        let step = metric["step"]?.asInt
      else { continue }
      // What has key, time, step and value of an earlier one is no other one.
      guard !state.runs[place].metrics.contains(where: { $0 == key && $1 == value && $2 == step }) else { continue }
      state.runs[place].metrics.append((key, value, step))
    }
    return ("200 OK", "{}")
  }

  private func upload(_ path: String, _ bytes: [UInt8], _ state: inout State) -> (String, String) {
    let parts = path.split(separator: "/").map { $0.removingPercentEncoding ?? "" }
    guard parts.count > 7, parts[4] == "0", let place = Int(parts[5].dropFirst(1)), parts[6] == "artifacts" else {
      return ("404 Not Found", "<html>")
    }
    state.runs[place].files[parts[7...].joined(separator: "/")] = bytes
    return ("200 OK", "{}")
  }
}
