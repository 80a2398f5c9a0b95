internal import AttuneData
internal import AttuneExperiments
internal import Foundation

/// One file fetched from the first of its addresses that gives it: resumed, checked, and only then named.
struct FileDownload {
  /// What is fetched.
  var file: PublicDataSet.File
  /// Where it will stand.
  var path: String
  /// Where it may be found, in order.
  var addresses: [String]
  /// Whether another hash or length is told but not refused, as for archives that are packed anew now and then.
  var isHashOptional = false
  /// Attempts without progress at one address before it is given up.
  var attempts = 5
  /// Shows how far it is.
  var display: DownloadDisplay

  /// Fetches the file; `path` then holds all of it, with the published hash.
  ///
  /// - Returns: the address that gave it.
  /// - Throws: `DownloadError`, that of the last address; `FileError`; `CancellationError` once a stop was asked for,
  ///   and then the part is kept.
  func run() throws -> String {
    let part = try PartialFile(of: path)
    defer { part.removeIfEmpty() }
    for (index, address) in addresses.enumerated() {
      do {
        try fetch(address, to: part)
        try check(part, from: address)
        try part.finish()
        return address
      } catch let error as DownloadError where index + 1 < addresses.count {
        Console.note("\(error)\ntrying the next address: \(addresses[index + 1])")
        // A part that was put aside is open under its new name, so that a new one is needed.
        if error.kind == .otherHash { return try next(after: index).run() }
      }
    }
    throw DownloadError.unreachable("no address", reason: "none is known for '\(file.path)'")
  }

  private func next(after index: Int) -> FileDownload {
    var copy = self
    copy.addresses = Array(addresses[(index + 1)...])
    return copy
  }

  /// Fetches what is missing of the part, with another attempt after each failure that may pass.
  private func fetch(_ address: String, to part: PartialFile) throws {
    guard let url = URL(string: address), let host = url.host, ["http", "https"].contains(url.scheme ?? "") else {
      throw DownloadError.unreachable(address, reason: "it is no http or https address")
    }
    var failures = 0
    while true {
      let before = part.size
      do {
        return try transfer(url, to: part)
      } catch let failure as TransferFailure {
        display.end()
        if failure.isUnreachable { throw DownloadError.unreachable(host, reason: failure.reason) }
        failures = part.size > before ? 1 : failures + 1
        guard failure.isTransient, failures < attempts else {
          throw DownloadError.interrupted(
            address, reason: failure.reason, part: part.path, bytes: part.size, attempts: failures)
        }
        let pause = failure.wait ?? min(30, 0.5 * pow(2, Double(failures - 1)))
        Console.note("\(file.path): \(failure.reason); next attempt in \(String(format: "%g", pause)) s")
        try Self.wait(pause)
      }
    }
  }

  /// One request and its answer.
  private func transfer(_ url: URL, to part: PartialFile) throws {
    let address = url.absoluteString
    if let bytes = file.bytes, !isHashOptional {
      if part.size == bytes { return }
      if part.size > bytes {
        Console.note("\(file.path): the part of \(part.size) bytes is longer than the file; starting anew")
        try part.restart()
      }
    }
    let entityTag = part.origin?.address == address ? part.origin?.entityTag : nil
    let transfer = HTTPTransfer(url, from: part.size, entityTag: entityTag)
    defer { transfer.cancel() }
    var total: Int?, type = ""
    while true {
      for event in try transfer.events() {
        switch event {
        case .head(let head):
          (total, type) = (try begin(head, address, part), head.contentType)
          display.begin(file.path, at: part.size, of: total)
        case .body(let data):
          // A server need not end: without a bound it would fill the disk.
          if let expected = (isHashOptional ? nil : file.bytes) ?? total, part.size + data.count > expected {
            display.end()
            try part.restart()
            throw DownloadError.tooLong(address, type: type, expected: expected)
          }
          try part.append(data)
          display.show(part.size)
        case .end(let failure):
          if let failure { throw failure }
          if let total, part.size < total { throw TransferFailure(reason: "the server ended the transfer early") }
          return display.end()
        }
      }
    }
  }

  /// Judges the head of an answer, and makes the part ready for the bytes that follow.
  ///
  /// - Returns: the bytes of the whole file, where told.
  private func begin(_ head: HTTPHead, _ address: String, _ part: PartialFile) throws -> Int? {
    var total: Int?
    switch head.status {
    case 200:
      total = head.length
      if part.size > 0 {
        Console.note("\(file.path): the server sends the file from its beginning; starting anew")
        try part.restart()
      }
    case 206:
      total = head.range?.total ?? head.length.map { $0 + part.size }
      guard head.range?.start == part.size, total == nil || part.origin?.total == nil || total == part.origin?.total
      else {
        try part.restart()
        throw TransferFailure(reason: "the file on the server is another one than the part; starting anew")
      }
    case 416:
      // The part is as long as the file on the server, or longer.
      try part.restart()
      throw TransferFailure(reason: "the server has no bytes after those of the part; starting anew")
    case 408, 425, 429, 500, 502, 503, 504:
      throw TransferFailure(reason: "\(address) answers with status \(head.status)")
    default:
      throw DownloadError.refused(address, status: head.status)
    }
    if let bytes = file.bytes, let total, total != bytes, !isHashOptional {
      try part.restart()
      throw DownloadError.otherLength(address, offered: total, type: head.contentType, expected: bytes)
    }
    try part.record(.init(address: address, entityTag: head.entityTag, total: total))
    return total
  }

  /// Compares the hash of the whole part with the published one.
  private func check(_ part: PartialFile, from address: String) throws {
    guard let checksum = file.checksum else { return }
    let found = try FileDigest.digits(of: part.path, as: checksum)
    guard found != checksum.digits else { return }
    if isHashOptional {
      return Console.note(
        "\(file.path): \(checksum.kind) is \(found), not \(checksum.digits); this archive is packed anew now and then, "
          + "and the files inside decide")
    }
    throw DownloadError.otherHash(
      path, from: address, kind: checksum.kind, found: found, expected: checksum.digits, kept: try part.setAside())
  }

  private static func wait(_ seconds: Double) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      try Cancellation.check()
      usleep(20_000)
    }
  }
}
