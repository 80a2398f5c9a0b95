internal import Foundation

extension Matrix: Codable {
  private enum CodingKeys: String, CodingKey { case rows, columns, elements }

  /// Encodes the shape and the elements' bits, in the order of the rows, little endian.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(rows, forKey: .rows)
    try keys.encode(columns, forKey: .columns)
    try keys.encode(withElements { Data(buffer: $0) }, forKey: .elements)
  }

  /// Decodes what `encode(to:)` wrote.
  ///
  /// - Throws: `DecodingError` where the number of elements does not fit the shape.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    let (rows, columns) = (try keys.decode(Int.self, forKey: .rows), try keys.decode(Int.self, forKey: .columns))
    let data = try keys.decode(Data.self, forKey: .elements)
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow, !count.multipliedReportingOverflow(by: 4).overflow,
      data.count == 4 * count
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .elements, in: keys, debugDescription: "\(data.count) bytes for a matrix [\(rows), \(columns)]")
    }
    self.init(rows: rows, columns: columns) { out in
      data.withUnsafeBytes { bytes in
        for index in 0..<count {
          let bits = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          out[index] = Float(bitPattern: UInt32(littleEndian: bits))
        }
      }
    }
  }
}
