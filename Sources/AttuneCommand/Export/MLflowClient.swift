internal import AttuneCore
internal import AttuneExperiments
internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// The REST interface of an MLflow tracking server, version 2.0 of it.
///
/// - Source: https://mlflow.org/docs/latest/rest-api.html; how a server answers was measured with MLflow 3.17.
struct MLflowClient: Sendable {
  /// The address of the server, without a slash at its end.
  let address: String
  private let session = URLSession(configuration: .ephemeral)
  private let authorization: String?
  /// Attempts at a call that a server does not answer, or answers with a passing failure.
  private let attempts: Int

  /// A client for a server.
  ///
  /// - Parameter environment: holds the user and password, or the token, as for MLflow's own client.
  /// - Throws: `MLflowAddressError` where the address is none of a server.
  init(_ address: String, environment: [String: String], attempts: Int = 4) throws {
    guard let url = URLComponents(string: address), ["http", "https"].contains(url.scheme ?? ""),
      let host = url.host, !host.isEmpty, url.query == nil, url.fragment == nil
    else { throw MLflowAddressError(problem: "'\(address)' is no address of a server") }
    guard url.user == nil, url.password == nil else {
      throw MLflowAddressError(
        problem: "the address holds a user or password, which would be shown; set MLFLOW_TRACKING_USERNAME and "
          + "MLFLOW_TRACKING_PASSWORD")
    }
    self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
    self.attempts = attempts
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let user = value("MLFLOW_TRACKING_USERNAME"), let password = value("MLFLOW_TRACKING_PASSWORD") {
      authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    } else {
      authorization = value("MLFLOW_TRACKING_TOKEN").map { "Bearer \($0)" }
    }
  }

  /// Calls the server with a body of JSON.
  ///
  /// - Parameter isRepeatable: whether the call may be made again where it is not known what became of it.
  /// - Throws: `MLflowError`; `CancellationError` once a stop was asked for.
  func post(_ call: String, _ body: JSONObject, isRepeatable: Bool = true) throws -> JSONObject {
    var request = try self.request("/api/2.0/mlflow/\(call)", method: "POST")
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = Data(JSONValue.object(body).text.utf8)
    return try object(try send(request, call, isRepeatable: isRepeatable), of: call)
  }

  /// Asks the server; nil where it says that there is no such thing.
  func get(_ call: String, _ query: [String: String]) throws -> JSONObject? {
    var components = URLComponents()
    components.queryItems = query.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
    // A plus means a blank in a query.
    let text = (components.percentEncodedQuery ?? "").replacing("+", with: "%2B")
    do {
      let request = try self.request("/api/2.0/mlflow/\(call)?\(text)", method: "GET")
      return try object(try send(request, call), of: call)
    } catch let error as MLflowError {
      guard case .refused(_, "RESOURCE_DOES_NOT_EXIST") = error.kind else { throw error }
      return nil
    }
  }

  /// Puts a file beside a run.
  ///
  /// - Parameter path: from the folder of the run's files, as the server names it.
  func upload(_ bytes: [UInt8], to path: String) throws {
    let plain = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: ";+"))
    let encoded = path.addingPercentEncoding(withAllowedCharacters: plain) ?? path
    var request = try self.request("/api/2.0/mlflow-artifacts/artifacts/\(encoded)", method: "PUT")
    request.setValue("application/octet-stream", forHTTPHeaderField: "Content-Type")
    request.httpBody = Data(bytes)
    request.timeoutInterval = 600
    _ = try send(request, "the upload of \(path)")
  }

  private func request(_ path: String, method: String) throws -> URLRequest {
    guard let url = URL(string: address + path) else {
      throw MLflowAddressError(problem: "'\(address)' is no address of a server")
    }
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 60)
    request.httpMethod = method
    request.setValue("attune/\(AttuneVersion.current)", forHTTPHeaderField: "User-Agent")
    if let authorization { request.setValue(authorization, forHTTPHeaderField: "Authorization") }
    return request
  }

  private func object(_ data: Data, of call: String) throws -> JSONObject {
    guard let object = (try? StrictJSON.parse(Array(data)))?.asObject else {
      throw MLflowError.other(address, call: call)
    }
    return object
  }

  /// Sends a request, again after a failure that may pass.
  private func send(_ request: URLRequest, _ call: String, isRepeatable: Bool = true) throws -> Data {
    var attempt = 1
    while true {
      let pause = 0.25 * Double(1 << attempt)
      do {
        let (status, data) = try answer(to: request)
        guard status >= 300 else { return data }
        let isPassing = [429, 502, 503, 504].contains(status)
        guard isPassing, attempt < attempts else { throw refusal(status, data, call) }
      } catch let failure as TransferFailure {
        guard isRepeatable, failure.isTransient, attempt < attempts else {
          throw MLflowError.unreachable(address, reason: failure.reason)
        }
      }
      attempt += 1
      let end = ContinuousClock.now + .seconds(pause)
      while ContinuousClock.now < end {
        try Cancellation.check()
        usleep(50_000)
      }
    }
  }

  private func refusal(_ status: Int, _ data: Data, _ call: String) -> MLflowError {
    let object = (try? StrictJSON.parse(Array(data)))?.asObject
    guard object?["error_code"] != nil || status == 401 || status == 403 || status >= 500 else {
      return .other(address, call: call)
    }
    let message = object?["message"]?.asString ?? ""
    return .refused(
      call, at: address, status: status, code: object?["error_code"]?.asString ?? "",
      message: message.count > 300 ? message.prefix(300) + "…" : message)
  }

  private func answer(to request: URLRequest) throws -> (status: Int, body: Data) {
    let box = AnswerBox(), arrived = DispatchSemaphore(value: 0)
    let task = session.dataTask(with: request) { data, response, error in
      let status = (response as? HTTPURLResponse)?.statusCode
      box.put(
        status.map { .success(($0, data ?? Data())) }
          ?? .failure(error.map { TransferFailure($0) } ?? TransferFailure(reason: "no answer")))
      arrived.signal()
    }
    task.resume()
    while arrived.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      guard Cancellation.isRequested else { continue }
      task.cancel()
      throw CancellationError()
    }
    guard let found = box.taken else { throw TransferFailure(reason: "no answer") }
    return try found.get()
  }
}

/// An answer on its way from the thread of the network.
private final class AnswerBox: Sendable {
  private let result = Mutex<Result<(status: Int, body: Data), TransferFailure>?>(nil)

  func put(_ answer: Result<(status: Int, body: Data), TransferFailure>) { result.withLock { $0 = answer } }

  var taken: Result<(status: Int, body: Data), TransferFailure>? { result.withLock { $0 } }
}

/// An address that is none of a server.
struct MLflowAddressError: Error, Equatable, CustomStringConvertible {
  let problem: String

  var description: String { "--uri: \(problem); give one like http://localhost:5000" }
}
