internal import ArgumentParser
internal import AttuneData
internal import AttuneExperiments
internal import Foundation

/// `attune data`: what there is to learn from.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "List, fetch and describe data sets.",
    subcommands: [DataListCommand.self, DataFetchCommand.self, DataDescribeCommand.self])
}

/// The folder of public data sets, as several commands take it.
struct DataFolderOptions: ParsableArguments {
  @Option(
    help: "The folder of data sets; by default $ATTUNE_DATA, and where that is not set 'data' in the current folder.",
    completion: .directory)
  var folder: String?

  /// The folder, without a slash at its end.
  var path: String {
    let variable = ProcessInfo.processInfo.environment["ATTUNE_DATA"].flatMap { $0.isEmpty ? nil : $0 }
    let path = folder ?? variable ?? "data"
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Whether configs find the folder by `$ATTUNE_DATA` as it is now.
  var isVariable: Bool {
    guard let variable = ProcessInfo.processInfo.environment["ATTUNE_DATA"] else { return false }
    func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    return real(variable) == real(path)
  }

  /// Where a file of a set stands.
  func path(of file: PublicDataSet.File) -> String { "\(path)/\(file.path)" }
}

/// How much of a set is in the folder.
enum DataSetPresence: Equatable {
  case none, archive, whole
  case files(Int, of: Int)

  /// Looks at names and lengths only, which is quick.
  init(_ set: PublicDataSet, in folder: DataFolderOptions) {
    func isThere(_ file: PublicDataSet.File) -> Bool {
      guard let size = try? PartialFile.size(of: folder.path(of: file)) else { return false }
      return file.bytes == nil || file.bytes == size
    }
    let files = set.files, there = files.count(where: isThere)
    if there == files.count {
      self = .whole
    } else if there > 0 {
      self = .files(there, of: files.count)
    } else {
      self = set.downloads.contains { isThere($0.file) } ? .archive : .none
    }
  }

  /// In a word or two.
  var title: String {
    switch self {
    case .none: "-"
    case .archive: "to unpack"
    case .whole: "present"
    case .files(let there, let all): "\(there) of \(all) files"
    }
  }
}

/// `attune data list`: the public sets that can be fetched.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the public data sets, and which of them are there.",
    discussion: """
      A set counts as present where its files have the published lengths; 'attune data fetch' checks the hashes too.
      """)

  @OptionGroup var folder: DataFolderOptions

  @Flag(help: "Print JSON.")
  var json = false

  private struct Row: Encodable {
    struct File: Encodable {
      var path: String, hash: String?, hashKind: String?, bytes: Int?
    }
    var name: String, summary: String, task: String, size: String, license: String, citation: String
    var addresses: [String], files: [File], state: String
  }

  func run() throws {
    let states = DataCatalog.sets.map { DataSetPresence($0, in: folder) }
    guard !json else { return try Console.output(RunFolder.json(zip(DataCatalog.sets, states).map(Self.row))) }
    let rows =
      [["name", "what it is", "size", "license", "here"]]
      + zip(DataCatalog.sets, states).map { set, state in
        [set.name, set.summary, set.size, set.license, state.title]
      }
    try Console.output(TextTable.lines(rows, widest: [24, 60, 30, 40, 15]).joined(separator: "\n"))
    Console.note("folder: \(folder.path); fetch a set with: attune data fetch NAME")
  }

  private static func row(_ set: PublicDataSet, _ state: DataSetPresence) -> Row {
    Row(
      name: set.name, summary: set.summary, task: set.task.rawValue, size: set.size, license: set.license,
      citation: set.citation, addresses: set.downloads.flatMap(\.addresses),
      files: set.files.map {
        .init(path: $0.path, hash: $0.checksum?.digits, hashKind: $0.checksum?.kind, bytes: $0.bytes)
      },
      state: state.title)
  }
}

/// Columns of text.
enum TextTable {
  /// One line a row, each column as wide as its longest cell; longer cells than `widest` allows are cut.
  static func lines(_ rows: [[String]], widest: [Int]) -> [String] {
    let cut = rows.map { row in
      zip(row, widest).map { cell, widest in
        let cell = ShownText.escaped(cell)
        return cell.count > widest ? cell.prefix(widest - 1) + "…" : cell
      }
    }
    let widths = widest.indices.map { column in cut.map { $0[column].count }.max() ?? 0 }
    return cut.map { row in
      let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return padded.joined(separator: "  ").replacing(#/ +$/#, with: "")
    }
  }
}
