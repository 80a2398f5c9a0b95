internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
internal import Crypto
internal import Foundation

/// Hashes of files, read piece by piece.
enum FileDigest {
  /// The digits of the file's hash, of the kind that `checksum` is of.
  ///
  /// - Throws: `FileError`; `CancellationError` once a stop was asked for.
  static func digits(of path: String, as checksum: PublicDataSet.Checksum) throws -> String {
    switch checksum {
    case .sha256: return try hash(path, SHA256())
    case .md5: return try hash(path, Insecure.MD5())
    case .gitBlob:
      var start = Insecure.SHA1()
      start.update(data: Data("blob \(try PartialFile.size(of: path) ?? 0)\0".utf8))
      return try hash(path, start)
    }
  }

  private static func hash<Function: HashFunction>(_ path: String, _ start: Function) throws -> String {
    var function = start
    var blocks = try InputFile.Blocks(path: path)
    while let block = try blocks.next() {
      try Cancellation.check()
      function.update(data: block)
    }
    return function.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
