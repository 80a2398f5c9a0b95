internal import ArgumentParser
internal import AttuneData
internal import AttuneExperiments
internal import Foundation

/// `attune data fetch`: public sets by name.
struct DataFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Download public data sets, and check them against their published hashes.",
    discussion: """
      A file is written as FILE.part and gets its name only when its hash fits; stopped or cut off, the same command \
      goes on where it was. Files that are there are checked and not fetched again. Archives are not unpacked: the \
      command to do so is printed, and a second fetch checks what came out. Configs find the folder as $ATTUNE_DATA. Exit code 69 \
      where a server cannot be reached, 65 where the bytes are not the published ones.
      """)

  @Argument(help: "Names of sets; 'attune data list' shows them.")
  var names: [String] = []

  @Flag(help: "Fetch all sets, several gigabytes.")
  var all = false

  @OptionGroup var folder: DataFolderOptions

  @Option(
    help: """
      The address of a copy of the data folder, such as http://localhost:8000/, used instead of the published addresses.
      """)
  var mirror: String?

  @Option(help: "Attempts without progress before an address is given up.")
  var attempts = 5

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard all != !names.isEmpty else { throw ValidationError("give either names of sets or --all") }
    guard attempts > 0 else { throw ValidationError("--attempts takes a number above 0") }
    if let mirror {
      guard let url = URL(string: mirror), url.host?.isEmpty == false, ["http", "https"].contains(url.scheme ?? "")
      else {
        throw ValidationError("--mirror takes an address that begins with http:// or https://, found '\(mirror)'")
      }
    }
  }

  func run() throws {
    let sets = try chosenSets()
    Signals.listen()
    var fetch = DataSetFetch(
      folder: folder, mirror: mirror.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }, attempts: attempts,
      display: DownloadDisplay(isQuiet: quiet))
    var failures: [(name: String, error: DownloadError)] = []
    for set in sets {
      do {
        let files = try fetch.run(set)
        if !json { try Console.output(Self.text(set, files, in: folder)) }
      } catch let error as DownloadError where sets.count > 1 {
        Console.error("\(set.name): \(error)")
        failures.append((set.name, error))
      } catch is CancellationError {
        throw Stopped(
          description: "stopped; what was downloaded is kept, go on with: \(RunCommand.quoted(words))")
      }
    }
    if json { try Console.output(RunFolder.json(fetch.outcomes)) }
    if !folder.isVariable { Console.note("configs find the folder with: export ATTUNE_DATA=\(absolute(folder.path))") }
    guard let first = failures.first else { return }
    throw DownloadError(
      kind: .several(exitCode: first.error.exitCode),
      description: "\(failures.count) of \(sets.count) sets were not fetched: "
        + failures.map(\.name).joined(separator: ", "))
  }

  private func chosenSets() throws -> [PublicDataSet] {
    guard !all else { return DataCatalog.sets }
    return try names.map { name in
      guard let set = DataCatalog.set(named: name) else {
        throw ValidationError(
          "no public set is called '\(name)'; known: \(DataCatalog.sets.map(\.name).joined(separator: ", "))")
      }
      return set
    }
  }

  private var words: [String] {
    ["attune", "data", "fetch"] + (all ? ["--all"] : names) + (folder.folder.map { ["--folder", $0] } ?? [])
      + (mirror.map { ["--mirror", $0] } ?? [])
  }

  private func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }

  private static func text(
    _ set: PublicDataSet, _ files: [DataSetFetch.Outcome], in folder: DataFolderOptions
  ) -> String {
    let width = files.map(\.path.count).max() ?? 0
    let lines = files.map { file in
      "  \(file.path.padding(toLength: width, withPad: " ", startingAt: 0))  \(file.state.rawValue)"
    }
    return (["\(set.name): \(set.summary)"] + lines + ["  license: \(set.license)", "  cite: \(set.citation)"])
      .joined(separator: "\n")
  }
}

/// Fetches sets into a folder.
struct DataSetFetch {
  /// What became of one file.
  struct Outcome: Encodable {
    enum State: String, Encodable {
      case present, fetched
      case packed = "fetched, to unpack by hand"
    }
    var set: String, path: String, state: State
    /// Where it came from, if it was fetched now.
    var address: String?
  }

  let folder: DataFolderOptions
  let mirror: String?
  let attempts: Int
  let display: DownloadDisplay
  /// What became of the files so far.
  private(set) var outcomes: [Outcome] = []

  init(folder: DataFolderOptions, mirror: String?, attempts: Int, display: DownloadDisplay) {
    (self.folder, self.mirror, self.attempts, self.display) = (folder, mirror, attempts, display)
  }

  /// Fetches what is missing of a set. One file that cannot be had does not keep the others from being fetched.
  ///
  /// - Throws: `DownloadError`, the last one; those before are told.
  mutating func run(_ set: PublicDataSet) throws -> [Outcome] {
    let before = outcomes.count
    var failure: DownloadError?
    for download in set.downloads {
      // A copy of a data folder holds what was unpacked.
      let isCopied = mirror != nil && !download.members.isEmpty
      for file in isCopied ? download.members : [download.file] {
        do {
          if isCopied {
            try fetch(file, of: set, from: [])
          } else {
            try fetch(download, of: set)
          }
        } catch let error as DownloadError {
          if let failure { Console.error("\(set.name): \(failure)") }
          failure = error
          if case .unreachable = error.kind { throw error }
        }
      }
    }
    if let failure { throw failure }
    return Array(outcomes[before...])
  }

  /// Fetches a file, or an archive of which something is not there.
  private mutating func fetch(_ download: PublicDataSet.Download, of set: PublicDataSet) throws {
    if !download.members.isEmpty, try download.members.allSatisfy(isPresent) {
      outcomes += download.members.map { Outcome(set: set.name, path: $0.path, state: .present) }
      return
    }
    try fetch(download.file, of: set, from: download.addresses, isHashOptional: download.isRepacked)
    guard let unpacking = download.unpacking, let last = outcomes.last else { return }
    if !download.members.isEmpty { outcomes[outcomes.count - 1].state = .packed }
    if !download.members.isEmpty || last.state == .fetched { tell(unpacking, set) }
  }

  private mutating func fetch(
    _ file: PublicDataSet.File, of set: PublicDataSet, from addresses: [String], isHashOptional: Bool = false
  ) throws {
    let path = folder.path(of: file)
    if try isPresent(isHashOptional ? .init(file.path, nil) : file) {
      outcomes.append(Outcome(set: set.name, path: file.path, state: .present))
      return
    }
    let places = mirror.map { ["\($0)/\(file.path)"] } ?? addresses
    let address = try FileDownload(
      file: file, path: path, addresses: places, isHashOptional: isHashOptional, attempts: attempts, display: display
    ).run()
    outcomes.append(Outcome(set: set.name, path: file.path, state: .fetched, address: address))
  }

  /// Whether the file is there and is the published one.
  private func isPresent(_ file: PublicDataSet.File) throws -> Bool {
    let path = folder.path(of: file)
    guard try PartialFile.size(of: path) != nil else { return false }
    guard let checksum = file.checksum else { return true }
    let found = try FileDigest.digits(of: path, as: checksum)
    guard found == checksum.digits else {
      throw DownloadError.otherHashOnDisk(path, kind: checksum.kind, found: found, expected: checksum.digits)
    }
    return true
  }

  private func tell(_ unpacking: String, _ set: PublicDataSet) {
    let check = set.files.contains { file in set.downloads.contains { $0.members.contains(file) } }
    Console.note(
      "unpack by hand: (cd \(RunCommand.quoted(["\(folder.path)/\(set.name)"])) && \(unpacking))"
        + (check ? "; then the same command checks the files" : ""))
  }
}
