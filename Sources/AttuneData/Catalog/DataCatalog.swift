/// The public data sets whose address and hash are known.
///
/// Paths are below one data folder, which `$ATTUNE_DATA` may name in configs. Nothing here is shipped: every set is
/// downloaded from its own page, under its own license.
public enum DataCatalog {
  /// All sets in the order of their names.
  public static let sets = (images + tables + streams + texts).sorted { $0.name < $1.name }

  /// The set of that name; nil where there is none.
  public static func set(named name: String) -> PublicDataSet? { sets.first { $0.name == name } }

  /// An address at the UCI repository.
  static func uci(_ path: String) -> String { "https://archive.ics.uci.edu/static/public/" + path }

  /// A zip file at the UCI repository, which packs its files anew now and then.
  static func uciArchive(
    _ set: String, _ address: String, sha256: String?, bytes: Int? = nil, members: [PublicDataSet.File]
  ) -> PublicDataSet.Download {
    let name = address.split(separator: "/").last.map { String($0).replacing("+", with: "-") } ?? address
    return .init(
      .init("\(set)/\(name)", sha256.map { .sha256($0) }, bytes: bytes), from: [uci(address)], members: members,
      unpacking: "unzip -j \(name) \(members.map { "'*\($0.name)'" }.joined(separator: " "))", isRepacked: true)
  }

  /// A file that is used as it is.
  static func file(
    _ path: String, sha256: String, bytes: Int? = nil, from addresses: String...
  ) -> PublicDataSet.Download {
    .init(.init(path, .sha256(sha256), bytes: bytes), from: addresses)
  }
}
