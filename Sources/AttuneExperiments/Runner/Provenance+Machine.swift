internal import AttuneCore
internal import Crypto
public import Foundation

/// The version of Attune.
public enum AttuneVersion {
  /// As `attune --version` prints it.
  public static let current = "0.1.0"
}

extension Provenance {
  /// What machine, build and inputs a run has.
  public static func current(
    config: String, dataFiles: [String: String], arguments: [String], folder: String, started: Date
  ) throws -> Provenance {
    var hashes: [String: String] = [:]
    for (name, path) in dataFiles {
      hashes[name] = try sha256(file: path)
    }
    return Provenance(
      version: AttuneVersion.current, commit: commit(folder: folder), swift: compiler, system: system,
      processor: processor, cores: ProcessInfo.processInfo.processorCount,
      blas:
        "\(OpenBLAS.configuration.split(separator: " ").prefix(2).joined(separator: " ")), kernels \(OpenBLAS.kernels), \(OpenBLAS.threads) thread",
      kernels: OpenBLAS.instructionSet, arguments: arguments, configHash: sha256(Data(config.utf8)),
      dataHashes: hashes, started: started, seconds: 0)
  }

  /// What a stored unit must have in common with a run that goes on with it.
  ///
  /// - Parameter config: the config without the figures that are expected, which change nothing of what is run.
  func runIdentity(config: String) -> String {
    let files = dataHashes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return Self.sha256(Data(([version, Self.sha256(Data(config.utf8))] + files).joined(separator: "\n").utf8))
  }

  /// SHA-256 in hexadecimal digits.
  static func sha256(_ data: Data) -> String { hexadecimal(SHA256.hash(data: data)) }

  /// SHA-256 of a file, which is read in blocks.
  static func sha256(file path: String) throws -> String {
    var blocks = try InputFile.Blocks(path: path), hash = SHA256()
    while let block = try blocks.next() { hash.update(data: block) }
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static var compiler: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var system: String {
    var names = utsname()
    guard uname(&names) == 0 else { return ProcessInfo.processInfo.operatingSystemVersionString }
    func text<Tuple>(_ field: Tuple) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let distribution = ProcessInfo.processInfo.operatingSystemVersionString
    return "\(distribution), \(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
  }

  /// The name of the processor, as Linux gives it.
  public static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  /// The commit of a folder's repository, with `+changes` where files differ from it; nil outside a repository.
  private static func commit(folder: String) -> String? {
    guard let commit = git(["rev-parse", "HEAD"], folder) else { return nil }
    let changes = git(["status", "--porcelain", "--untracked-files=no"], folder) ?? ""
    return commit + (changes.isEmpty ? "" : "+changes")
  }

  private static func git(_ arguments: [String], _ folder: String) -> String? {
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder.isEmpty ? "." : folder] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }
}
