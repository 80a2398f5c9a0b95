internal import AttuneCore
public import AttuneInference
internal import Foundation

/// The pages of a report server: the list of runs, the report of each, and the progress of those that are not finished.
///
/// Names in paths are looked up among the folders that are there, so that no path leads out of them.
public struct ReportPages: Sendable {
  /// What is answered to a request.
  public struct Answer: Sendable, Equatable {
    /// The status code.
    public let status: Int
    /// The status in words.
    public let phrase: String
    /// The type of the body.
    public let type: String
    /// The body.
    public let body: String
    /// Where a redirection leads.
    public var location: String?
  }

  private let runs: String
  private let first: String?
  private let registry: StrategyRegistry

  /// Pages of the runs in a folder.
  ///
  /// - Parameters:
  ///   - runs: the folder with the run folders.
  ///   - first: path of a run that `/` leads to, which may lie elsewhere; nil for the list.
  ///   - registry: the strategies that configs may name.
  public init(runs: String, first: String? = nil, registry: StrategyRegistry = .builtIn) {
    self.runs = runs
    self.first = first
    self.registry = registry
  }

  /// The answer to a request.
  ///
  /// - Parameters:
  ///   - method: only GET and HEAD are answered.
  ///   - path: the path of the address.
  ///   - host: the `Host` header: another than this machine's is refused, so that a page of a foreign name that leads
  ///     here cannot read what is served.
  public func answer(method: String, path: String, host: String?) -> Answer {
    guard Self.isLoopback(host) else {
      return Self.refusal(403, "Forbidden", "This server answers requests for 127.0.0.1 and localhost only.")
    }
    guard method == "GET" || method == "HEAD" else {
      return Self.refusal(405, "Method Not Allowed", "Only GET and HEAD are answered.")
    }
    let parts = path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
    switch parts.count {
    case 0:
      guard let first else { return page(list()) }
      let place = "/run/" + Self.encoded(Self.name(of: first)) + "/"
      return Answer(status: 302, phrase: "Found", type: "text/plain; charset=utf-8", body: "", location: place)
    case 1 where parts[0] == "runs": return page(list())
    case 2 where parts[0] == "run":
      guard let folder = folder(parts[1]) else { break }
      return report(folder)
    case 3 where parts[0] == "run" && parts[2] == "status.json":
      guard let folder = folder(parts[1]),
        let text = try? RunFolder.json(FolderProgress(folder: folder, registry: registry))
      else { break }
      return Answer(status: 200, phrase: "OK", type: "application/json", body: text)
    default: break
    }
    return Self.refusal(404, "Not Found", "There is no such run or page here.")
  }

  /// Whether a `Host` header names this machine.
  static func isLoopback(_ host: String?) -> Bool {
    guard let host = host?.lowercased() else { return false }
    let name: Substring
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      name = host[...end]
    } else {
      name = host.prefix { $0 != ":" }
    }
    let rest = host.dropFirst(name.count)
    guard rest.isEmpty || (rest.hasPrefix(":") && rest.dropFirst().allSatisfy(\.isNumber)) else { return false }
    return ["127.0.0.1", "localhost", "[::1]"].contains(String(name))
  }

  /// The names of the runs, the newest first: their names begin with a time.
  private var names: [String] {
    let found = ((try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []).filter { name in
      name != "latest" && FileManager.default.fileExists(atPath: "\(runs)/\(name)/config.yaml")
    }
    return found.sorted(by: >)
  }

  private func folder(_ name: String) -> String? {
    if let first, Self.name(of: first) == name { return first }
    return names.contains(name) ? "\(runs)/\(name)" : nil
  }

  private static func name(of folder: String) -> String {
    URL(fileURLWithPath: folder).resolvingSymlinksInPath().lastPathComponent
  }

  private static func encoded(_ name: String) -> String {
    name.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-_.~"))) ?? name
  }

  private func page(_ text: String) -> Answer {
    Answer(status: 200, phrase: "OK", type: "text/html; charset=utf-8", body: text)
  }

  private static func refusal(_ status: Int, _ phrase: String, _ text: String) -> Answer {
    Answer(status: status, phrase: phrase, type: "text/plain; charset=utf-8", body: text + "\n")
  }

  private func report(_ folder: String) -> Answer {
    guard FileManager.default.fileExists(atPath: folder + "/results.json") else {
      return page(ProgressPage.render(FolderProgress(folder: folder, registry: registry)))
    }
    do {
      return page(try FinishedRun(folder: folder).page)
    } catch {
      return Self.refusal(500, "Internal Server Error", "\(error)")
    }
  }

  private func list() -> String {
    var folders = names.map { "\(runs)/\($0)" }
    if let first, !folders.contains(where: { Self.name(of: $0) == Self.name(of: first) }) {
      folders.insert(first, at: 0)
    }
    let rows = folders.map { folder -> Markup in
      let name = Self.name(of: folder)
      let isFinished = FileManager.default.fileExists(atPath: folder + "/results.json")
      return """
        <tr><th scope="row"><a href="/run/\(Self.encoded(name))/">\(name)</a></th>\
        <td class="text">\(isFinished ? "finished" : "not finished")</td></tr>

        """
    }
    let table = Wording.scrollable(
      "Runs",
      """
      <table>
      <thead><tr><th scope="col">Run</th><th scope="col">State</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
    return ReportPage.render(
      title: "Runs", description: "", version: AttuneVersion.current,
      facts: "\(Wording.counted(folders.count, "run")) in \(runs)", kicker: "Attune",
      sections: [("runs", "Reports", folders.isEmpty ? "<p>There are no runs here yet.</p>" : table)])
  }
}
