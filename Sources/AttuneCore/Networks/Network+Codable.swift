extension Network: Codable {
  private enum CodingKeys: String, CodingKey { case layers }

  /// Encodes the layers with their parameters and buffers.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(layers, forKey: .layers)
  }

  /// Decodes the layers, whose sizes must follow each other.
  ///
  /// - Throws: `ShapeError` as `init(_:)`, besides what decoding throws.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(try keys.decode([Layer].self, forKey: .layers))
  }
}
