internal import Foundation

/// A finished unit as a run folder keeps it, with a checksum: what was damaged is run again rather than believed.
struct StoredUnit<Outcome: Codable>: Codable {
  /// What the unit belongs to: version, config and data.
  let run: String
  /// SHA-256 of the outcome's JSON.
  let checksum: String
  let outcome: Outcome

  init(_ outcome: Outcome, run: String) throws {
    self.run = run
    self.outcome = outcome
    checksum = try Self.checksum(of: outcome)
  }

  var isIntact: Bool { (try? Self.checksum(of: outcome)) == checksum }

  private static func checksum(of outcome: Outcome) throws -> String {
    Provenance.sha256(Data(try RunFolder.json(outcome).utf8))
  }
}
