public import AttuneCore
public import AttuneData

/// A scenario: a stream of shifted data.
public struct ScenarioConfiguration: Codable, Sendable, ValidatedConfiguration {
  /// Name in tables.
  public var name: String
  /// The shifts, in the order in which they change the rows.
  public var shifts: [ShiftConfiguration]
  /// Rows of a batch.
  public var batchSize: Int
  /// Rows of the scenario's own; nil for the test part of the experiment's data.
  public var data: DataSourceConfiguration?
  /// The order of the rows; by default as given for rows of the scenario's own or split by time, else shuffled.
  public var order: StreamOrdering?
  /// Rows after which the label of a row is known; nil where labels never come.
  public var labelDelay: Int?

  private enum CodingKeys: String, CodingKey { case name, shifts, batchSize, data, order, labelDelay }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    shifts = try keys.decodeIfPresent([ShiftConfiguration].self, forKey: .shifts) ?? []
    batchSize = try keys.decodeIfPresent(Int.self, forKey: .batchSize) ?? 64
    data = try keys.decodeIfPresent(DataSourceConfiguration.self, forKey: .data)
    order = try keys.decodeIfPresent(StreamOrdering.self, forKey: .order)
    labelDelay = try keys.decodeIfPresent(Int.self, forKey: .labelDelay)
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(batchSize >= 1, "batchSize", "must be an integer of at least 1")
    if let labelDelay {
      try ConfigCheck.require(labelDelay >= 0, "labelDelay", "must be a number of rows of at least 0")
    }
  }

  /// One line for tables.
  public var summary: String {
    var parts = shifts.map(\.shift.summary)
    if case .housePrices(let houses) = data { parts.insert(houses.summary, at: 0) }
    if parts.isEmpty { parts = ["no shift"] }
    if let labelDelay { parts.append("labels after \(labelDelay) rows") }
    return parts.joined(separator: ", ")
  }
}
