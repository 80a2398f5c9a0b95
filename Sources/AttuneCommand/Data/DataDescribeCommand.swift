internal import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
internal import Foundation

/// `attune data describe`: what a file holds.
struct DataDescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Show the columns of a file: types, ranges, missing values, class balance.",
    discussion: """
      Reads a CSV once, whatever its size, and guesses separator, header, decimal mark and the marks of missing values \
      (empty, NA, N/A, NaN, NULL, ?). It names cells that look wrong, and ends with the lines of a config file that \
      load the file. Takes a .npy file of one or two dimensions too, or the name of a fetched public set.
      """)

  @Argument(help: "A CSV or .npy file, or the name of a public set.", completion: .file())
  var data: String

  @Option(help: "The column of the answers, for the balance of its classes.")
  var target: String?

  @Option(help: "What stands between cells: one character, or tab; by default it is guessed.")
  var separator: String?

  @Flag(inversion: .prefixedNo, help: "Whether the first line names the columns; by default it is guessed.")
  var header: Bool?

  @OptionGroup var folder: DataFolderOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard let separator, separator != "tab" else { return }
    guard separator.utf8.count == 1, let byte = separator.utf8.first, !"\"\r\n\0".utf8.contains(byte) else {
      throw ValidationError("--separator takes one ASCII character or tab, found '\(separator)'")
    }
  }

  func run() throws {
    let descriptions = try paths().map(describe)
    if let target {
      for description in descriptions where !description.columns.contains(where: { $0.name == target }) {
        let names = description.columns.prefix(50).map { ShownText.escaped($0.name) }
        throw DataError(
          path: description.path,
          problems: [.init(expected: "a column \(target.debugDescription) for --target, but none is called so")],
          advice: "the columns are: \(names.joined(separator: ", "))")
      }
    }
    guard !json else { return try Console.output(RunFolder.json(descriptions)) }
    let texts = descriptions.map { DescriptionText(description: $0, target: target).text }
    try Console.output(texts.joined(separator: "\n\n"))
  }

  /// The file, or those of the set that can be described.
  private func paths() throws -> [String] {
    guard !FileManager.default.fileExists(atPath: data) else { return [data] }
    guard let set = DataCatalog.set(named: data) else {
      guard let near = Suggestion.nearest(to: data, among: DataCatalog.sets.map(\.name)) else { return [data] }
      throw FileError(
        kind: .notFound, path: data,
        reason: "there is no such file, and no public set of this name; did you mean the set '\(near)'?")
    }
    let files = set.files.map { (file: $0, path: folder.path(of: $0)) }
    let present = files.filter { FileManager.default.fileExists(atPath: $0.path) }
    guard !present.isEmpty else {
      throw FileError(
        kind: .notFound, path: "\(folder.path)/\(data)",
        reason: "the set is not there; fetch it with: attune data fetch \(data)")
    }
    let tables = present.filter { file, _ in [".csv", ".data", ".test", ".npy"].contains(where: file.path.hasSuffix) }
    guard !tables.isEmpty else {
      throw DataError(
        path: "\(folder.path)/\(data)", problems: [.init(expected: "CSV or .npy files in the set, but it has none")],
        advice: "'attune data list' tells what it is")
    }
    return tables.map(\.path)
  }

  private func describe(_ path: String) throws -> TableDescription {
    var blocks = try InputFile.Blocks(path: path, blockSize: 8)
    let start = try blocks.next() ?? []
    if start.starts(with: [0x93] + Array("NUMPY".utf8)) { return try TableDescription.npy(path: path) }
    let packed: [(name: String, magic: [UInt8])] = [
      ("gzip", [0x1F, 0x8B]), ("zip", [0x50, 0x4B, 3, 4]), ("bzip2", Array("BZh".utf8)),
    ]
    if let found = packed.first(where: { start.starts(with: $0.magic) }) {
      throw DataError(
        path: path, problems: [.init(expected: "a CSV or .npy file, but it is packed with \(found.name)")],
        advice: "unpack it first")
    }
    let character = separator.map { $0 == "tab" ? "\t" : Character($0) }
    return try TableDescription.csv(path: path, separator: character, header: header)
  }
}
