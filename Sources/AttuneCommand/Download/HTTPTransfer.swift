internal import AttuneExperiments
internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// One GET request. Its answer is read piece by piece on the thread that asks for it.
final class HTTPTransfer: NSObject, URLSessionDataDelegate, Sendable {
  /// What arrives, in this order: the head, pieces of the body, the end.
  enum Event: Sendable {
    case head(HTTPHead)
    case body(Data)
    case end(TransferFailure?)
  }

  private struct State {
    var events: [Event] = []
    /// Bytes of the body in `events`.
    var waiting = 0
    var task: URLSessionDataTask?
    var isOver = false
  }

  /// Bytes that may wait for a disk that is slower than the network.
  private static let waitingLimit = 16 << 20

  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  /// Asks for the bytes from `offset` on.
  ///
  /// - Parameter entityTag: the version that the bytes before `offset` are of; of another version the server sends all.
  init(_ url: URL, from offset: Int, entityTag: String?) {
    super.init()
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 30)
    // The hash is of the file as it is stored: nothing may be packed or unpacked on the way.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    request.setValue("attune/\(AttuneVersion.current)", forHTTPHeaderField: "User-Agent")
    if offset > 0 {
      request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range")
      if let entityTag { request.setValue(entityTag, forHTTPHeaderField: "If-Range") }
    }
    let queue = BrakedQueue { [weak self] in
      while let self, state.withLock({ $0.waiting > Self.waitingLimit && !$0.isOver }) { usleep(1_000) }
    }
    queue.maxConcurrentOperationCount = 1
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: queue)
    let task = session.dataTask(with: request)
    state.withLock { $0.task = task }
    task.resume()
    session.finishTasksAndInvalidate()
  }

  /// What arrived since the last call; waits until something did.
  ///
  /// - Throws: `CancellationError` once a stop was asked for.
  func events() throws -> [Event] {
    while arrived.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try Cancellation.check() }
    try Cancellation.check()
    return state.withLock { state in
      defer { (state.events, state.waiting) = ([], 0) }
      return state.events
    }
  }

  /// Ends the transfer, whatever is left of it.
  func cancel() {
    state.withLock { state in
      state.isOver = true
      return state.task
    }?.cancel()
  }

  private func add(_ event: Event) {
    state.withLock { $0.events.append(event) }
    arrived.signal()
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    if let response = response as? HTTPURLResponse { add(.head(HTTPHead(response))) }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    state.withLock { $0.waiting += data.count }
    add(.body(data))
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    add(.end(error.map { TransferFailure($0) }))
    state.withLock { $0.task = nil }
  }
}

/// A queue that can hold up whoever adds to it.
///
/// URLSession reads from the network as fast as it can and puts every piece on its delegate's queue; without a brake a
/// disk that is slower than the network would leave the file in memory.
private final class BrakedQueue: OperationQueue, @unchecked Sendable {
  private let brake: @Sendable () -> Void

  init(_ brake: @escaping @Sendable () -> Void) {
    self.brake = brake
    super.init()
  }

  override func addOperation(_ block: @escaping @Sendable () -> Void) {
    brake()
    super.addOperation(block)
  }
}

/// The head of an answer, as far as a download needs it.
struct HTTPHead: Sendable, Equatable {
  var status: Int
  /// Bytes of this answer's body.
  var length: Int?
  /// The first byte and the size of the whole, where a part is sent.
  var range: (start: Int, total: Int?)?
  /// A tag that stands for these bytes exactly.
  var entityTag: String?
  var contentType: String

  init(_ response: HTTPURLResponse) {
    status = response.statusCode
    length = response.value(forHTTPHeaderField: "Content-Length").flatMap { Int($0) }
    range = response.value(forHTTPHeaderField: "Content-Range").flatMap(HTTPHead.range)
    entityTag = response.value(forHTTPHeaderField: "ETag").flatMap { $0.hasPrefix("\"") ? $0 : nil }
    contentType = response.value(forHTTPHeaderField: "Content-Type") ?? "unknown type"
  }

  /// `bytes 5-9/10` begins at 5 of 10; the size may be `*`.
  static func range(_ text: String) -> (start: Int, total: Int?)? {
    let parts = text.split { " -/".contains($0) }
    guard parts.count == 4, parts[0] == "bytes", let start = Int(parts[1]), Int(parts[2]) != nil else { return nil }
    guard parts[3] != "*" else { return (start, nil) }
    return Int(parts[3]).map { (start, $0) }
  }

  static func == (a: HTTPHead, b: HTTPHead) -> Bool {
    a.status == b.status && a.length == b.length && a.range?.start == b.range?.start
      && a.range?.total == b.range?.total && a.entityTag == b.entityTag && a.contentType == b.contentType
  }
}

/// Why a transfer ended before its end.
struct TransferFailure: Error, Sendable {
  /// Whether the server was not reached at all, and trying again at once is no use.
  var isUnreachable: Bool
  /// Whether another try may go well.
  var isTransient: Bool
  /// In words.
  var reason: String
  /// Seconds to wait that the server asked for.
  var wait: Double?

  init(reason: String, wait: Double? = nil) {
    (isUnreachable, isTransient, self.reason, self.wait) = (false, true, reason, wait)
  }

  /// What URLSession says.
  init(_ error: any Error) {
    let code = (error as? URLError)?.code
    let unreachable: [URLError.Code] = [
      .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet,
    ]
    let permanent: [URLError.Code] = [
      .badURL, .unsupportedURL, .httpTooManyRedirects, .secureConnectionFailed, .serverCertificateUntrusted,
      .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid,
    ]
    isUnreachable = code.map(unreachable.contains) ?? false
    isTransient = !isUnreachable && !(code.map(permanent.contains) ?? false)
    let text = (error as NSError).localizedDescription
    reason = text.isEmpty ? "error \((error as NSError).code)" : text
  }
}
