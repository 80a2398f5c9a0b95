internal import AttuneCore
internal import AttuneExperiments
internal import FlyingFox
internal import FlyingSocks
internal import Foundation

/// Serves the reports of runs, and pages that follow runs in progress, on 127.0.0.1 only.
struct ReportServer: Sendable {
  /// The folder that holds the run folders.
  let runs: String
  /// A run that is shown first, as on the command line; nil for the list.
  let run: String?
  /// The port; 0 for any that is free.
  let port: UInt16

  /// Serves until a signal comes.
  ///
  /// - Throws: `PortTaken`; `Stopped` after a signal; `RunReferenceError` where the run is not found.
  func run() async throws {
    let pages = ReportPages(
      runs: runs, first: try run.map { try RunReference($0, in: runs).folder() }, registry: AttuneCommand.registry)
    Signals.listen()
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 10, logger: .disabled,
      handler: PageHandler(pages: pages))
    let serving = Task { try await server.run() }
    do {
      try await server.waitUntilListening(timeout: 10)
    } catch {
      // What ended the server says more than that it does not listen.
      serving.cancel()
      if case .failure(let reason) = await serving.result, Self.isTaken(reason) { throw PortTaken(port: port) }
      throw error
    }
    if case .ip4(_, let used) = await server.listeningAddress {
      Console.note("attune: reports are at http://127.0.0.1:\(used)/ ; Ctrl-C ends this")
    }
    while !Cancellation.isRequested { try await Task.sleep(for: .milliseconds(100)) }
    await server.stop(timeout: 0)
    serving.cancel()
    throw Stopped(description: "stopped serving")
  }

  private static func isTaken(_ error: any Error) -> Bool {
    guard case .failed(_, let code, _) = error as? SocketError else { return false }
    return code == EADDRINUSE || code == EACCES
  }
}

/// A port that another program uses, or that is not allowed.
struct PortTaken: Error, Equatable, CustomStringConvertible {
  /// The port.
  let port: UInt16

  var description: String {
    "port \(port) of 127.0.0.1 is taken or not allowed; choose another with --port, or --port 0 for any that is free"
  }
}

/// Answers requests with pages.
private struct PageHandler: HTTPHandler {
  let pages: ReportPages

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    let answer = pages.answer(
      method: request.method.rawValue, path: request.path, host: request.headers[HTTPHeader("Host")])
    let status = HTTPStatusCode(answer.status, phrase: answer.phrase)
    var headers: HTTPHeaders = [
      .contentType: answer.type, HTTPHeader("Cache-Control"): "no-store",
      HTTPHeader("X-Content-Type-Options"): "nosniff",
      HTTPHeader("Content-Security-Policy"):
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; connect-src 'self'",
    ]
    if let location = answer.location { headers[.location] = location }
    let body = Data(answer.body.utf8)
    guard request.method == .HEAD else { return HTTPResponse(statusCode: status, headers: headers, body: body) }
    headers[.contentLength] = "\(body.count)"
    return HTTPResponse(statusCode: status, headers: headers)
  }
}
