internal import Foundation

extension RunFolder {
  /// Throws `RunFolderMismatch` where the folder holds a run of another config: it goes on with its own only, the same text,
  /// the same with absolute paths, the same text whose data files have moved, or the same but for what is expected.
  func checkConfig(given: String, kept: String) throws {
    guard let before = read("config.yaml"), before != kept, before != given else { return }
    let differences = ConfigDifference.all(from: before, to: kept)
    // What is expected judges a run and changes nothing of it.
    if !differences.isEmpty, differences.allSatisfy({ $0.key == "expect" || $0.key.hasPrefix("expect[") }) { return }
    guard storedProvenance?.configHash == Provenance.sha256(Data(given.utf8)) else {
      let difference = ConfigDifference.first(from: before, to: kept, passingBy: given)
      throw RunFolderMismatch(path: path, content: .otherConfig(difference))
    }
  }

  /// Throws `RunFolderMismatch` where a data file has changed: units of a run must have seen the same rows.
  func checkData(_ provenance: Provenance) throws {
    guard let before = storedProvenance else { return }
    let changed = provenance.dataHashes.keys.sorted().first { file in
      before.dataHashes[file].map { $0 != provenance.dataHashes[file] } ?? false
    }
    if let changed { throw RunFolderMismatch(path: path, content: .otherData(file: changed)) }
  }

  /// The provenance of the run that the folder holds; nil where there is none that can be read.
  var storedProvenance: Provenance? {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return read("provenance.json").flatMap { try? decoder.decode(Provenance.self, from: Data($0.utf8)) }
  }
}

extension RunFolder {
  /// What names a new run wherever its folder is: twelve hexadecimal digits at random.
  static func newRun() -> String {
    let digits = String(UInt64.random(in: 0..<(1 << 48)), radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }
}
