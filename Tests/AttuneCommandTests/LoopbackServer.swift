import Foundation
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1, one connection a request, which can misbehave in the ways that servers do.
final class LoopbackServer: Sendable {
  /// How a path is answered.
  struct Resource: Sendable {
    var bytes: [UInt8]
    var honorsRanges = true
    var entityTag: String?
    /// Bytes of the body after which the connection is cut, one entry an answer; then whole answers follow.
    var cuts: [Int] = []
    /// Status lines that are answered first, one entry an answer.
    var statuses: [String] = []
    /// The path to which this one is redirected.
    var redirect: String?
    /// Whether `Content-Length` is told.
    var tellsLength = true
    /// Microseconds to wait after each 64 KiB of a body.
    var pause: UInt32 = 0
  }

  /// A request as it came.
  struct Request: Sendable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: [UInt8] = []
  }

  let port: UInt16
  private let descriptor: Int32
  private let resources: Mutex<[String: Resource]>
  private let handler: (@Sendable (Request) -> (status: String, body: String))?
  private let seen = Mutex<[Request]>([])
  private let isListening = Mutex(true)

  /// Starts to listen at a port that is free.
  ///
  /// - Parameter handler: answers every request with a status line and a text, instead of the resources.
  init(
    _ resources: [String: Resource] = [:], handler: (@Sendable (Request) -> (status: String, body: String))? = nil
  ) throws {
    self.resources = Mutex(resources)
    self.handler = handler
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    descriptor = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let self else { return }
        Thread.detachNewThread { self.answer(connection) }
      }
    }
  }

  /// Stops to listen; a second call does nothing, as the number of the socket may be another's by then.
  func stop() {
    let wasListening = isListening.withLock { value in
      defer { value = false }
      return value
    }
    guard wasListening else { return }
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// The address of a path, which begins with a slash.
  func address(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// The requests so far.
  var requests: [Request] { seen.withLock { $0 } }

  private func answer(_ connection: Int32) {
    defer {
      shutdown(connection, Int32(SHUT_RDWR))
      close(connection)
    }
    guard let request = readRequest(connection) else { return }
    seen.withLock { $0.append(request) }
    if let handler {
      let (status, body) = handler(request)
      return send(status, ["Content-Type: application/json"], Array(body.utf8)[...], to: connection)
    }
    let resource = resources.withLock { resources -> Resource? in
      let found = resources[request.path]
      if found?.statuses.isEmpty == false {
        resources[request.path]?.statuses.removeFirst()
      } else if found?.cuts.isEmpty == false {
        resources[request.path]?.cuts.removeFirst()
      }
      return found
    }
    guard let resource else { return send("404 Not Found", [], Array("nothing here".utf8)[...], to: connection) }
    if let status = resource.statuses.first { return send(status, [], Array("busy".utf8)[...], to: connection) }
    if let redirect = resource.redirect {
      return send("302 Found", ["Location: \(redirect)"], [], to: connection)
    }
    var headers = ["Content-Type: application/octet-stream"]
    if let tag = resource.entityTag { headers.append("ETag: \(tag)") }
    let isSame = request.headers["if-range"].map { $0 == resource.entityTag } ?? true
    guard resource.honorsRanges, isSame, let range = request.headers["range"],
      let start = Int(range.dropFirst("bytes=".count).dropLast())
    else {
      return send("200 OK", headers, resource.bytes[...], to: connection, resource)
    }
    guard start < resource.bytes.count else {
      return send("416 Range Not Satisfiable", headers, [], to: connection)
    }
    headers.append("Content-Range: bytes \(start)-\(resource.bytes.count - 1)/\(resource.bytes.count)")
    send("206 Partial Content", headers, resource.bytes[start...], to: connection, resource)
  }

  private func readRequest(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = [], byte: UInt8 = 0
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard bytes.count < 65536, read(connection, &byte, 1) == 1 else { return nil }
      bytes.append(byte)
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3, words[0] == "GET" || handler != nil else { return nil }
    let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
    let headers = Dictionary(pairs, uniquingKeysWith: { $1 })
    var body: [UInt8] = []
    while body.count < headers["content-length"].flatMap({ Int($0) }) ?? 0 {
      guard read(connection, &byte, 1) == 1 else { return nil }
      body.append(byte)
    }
    return Request(method: String(words[0]), path: String(words[1]), headers: headers, body: body)
  }

  private func send(
    _ status: String, _ headers: [String], _ body: ArraySlice<UInt8>, to connection: Int32, _ resource: Resource? = nil
  ) {
    let length = resource?.tellsLength ?? true ? ["Content-Length: \(body.count)"] : []
    let head = (["HTTP/1.1 \(status)"] + headers + length + ["Connection: close", "", ""]).joined(separator: "\r\n")
    guard write(Array(head.utf8)[...], to: connection) else { return }
    var rest = body.prefix(resource?.cuts.first ?? body.count)
    while !rest.isEmpty {
      guard write(rest.prefix(65536), to: connection) else { return }
      rest = rest.dropFirst(65536)
      if let pause = resource?.pause, pause > 0 { usleep(pause) }
    }
  }

  private func write(_ bytes: ArraySlice<UInt8>, to connection: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while let base = buffer.baseAddress, done < buffer.count {
        let count = Glibc.send(connection, base + done, buffer.count - done, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }
}
