internal import AttuneCore
internal import Foundation

/// The state of a training in a file: everything that the next step depends on, bit by bit.
///
/// A safetensors file. Tensors: `network.…` (parameters and buffers), `optimizer.…` (its matrices by parameter and
/// field), `best.…` (the network of the best epoch), `average.…` (the average of each parameter), `history` (a row for each epoch). Metadata: `attune.checkpoint`, all
/// scalars as JSON, and `attune.checksum` over both.
public struct TrainingCheckpoint: Sendable {
  /// The scalars.
  struct Description: Sendable, Codable, Equatable {
    var version = 1
    var identity: [String: String]
    var position: TrainingPosition
    var streams: TrainingRun.RandomStreams
    var sum: TrainingRun.LossSum
    var cost: TrainingRun.Cost
    var stopping: EarlyStopping.State
    var plateau: ReduceOnPlateau.State?
    var learningRate: Double
    var optimizerCounts: [String: Int]
    var optimizerNumbers: [String: Double]
    var averageCount: Int?
  }

  let description: Description
  let tensors: [String: SafetensorsFile.Tensor]
  /// Where it was read from; empty for one made in memory.
  public private(set) var path = ""

  /// How far the training was.
  public var position: TrainingPosition { description.position }
  /// What the training must not differ in when it goes on.
  public var identity: [String: String] { description.identity }

  private static let descriptionKey = "attune.checkpoint", checksumKey = "attune.checksum"

  init(_ description: Description, tensors: [String: SafetensorsFile.Tensor]) {
    self.description = description
    self.tensors = tensors
  }

  /// Reads a checkpoint, checking all of it before anything is believed.
  ///
  /// - Throws: `FileError` where the file cannot be read (`.notFound` if there is none); `CheckpointError` where it is
  ///   cut, was changed, or is no checkpoint.
  public init(contentsOf path: String) throws {
    try self.init(path) { try SafetensorsFile(contentsOf: path, headerLimit: SafetensorsFile.largestHeader) }
  }

  /// Reads the bytes of a checkpoint.
  ///
  /// - Throws: `CheckpointError` where they are cut, were changed, or are no checkpoint.
  public init(bytes: [UInt8]) throws {
    try self.init("") { try SafetensorsFile(bytes: bytes, headerLimit: SafetensorsFile.largestHeader) }
  }

  private init(_ path: String, read: () throws -> SafetensorsFile) throws {
    func damaged(_ reason: String) -> CheckpointError { CheckpointError(path: path, problem: .damaged(reason)) }
    let file: SafetensorsFile
    do {
      file = try read()
    } catch let error as ModelFileError {
      throw damaged("\(ModelFileError(path: "", place: error.place, what: error.what, remedy: "it is no whole file"))")
    }
    guard let json = file.metadata[Self.descriptionKey] else {
      throw damaged("its metadata has no key '\(Self.descriptionKey)'")
    }
    do {
      // The version first: another one may describe a training otherwise.
      if let version = try StrictJSON.parse(json).asObject?["version"]?.asInt, version != 1 {
        throw damaged("it has format version \(version), known is 1")
      }
      guard file.metadata[Self.checksumKey] == Self.checksum(json, file.tensors) else {
        throw damaged("its checksum does not fit its contents")
      }
      description = try Self.decoder.decode(Description.self, from: Data(json.utf8))
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw damaged("'\(Self.descriptionKey)' does not describe a training (\(error))")
    }
    tensors = file.tensors
    self.path = path
  }

  /// The bytes of the file.
  public func serialized() throws -> [UInt8] {
    let json = String(decoding: try Self.encoder.encode(description), as: UTF8.self)
    return try SafetensorsFile(
      metadata: [Self.descriptionKey: json, Self.checksumKey: Self.checksum(json, tensors)], tensors: tensors
    ).serialized()
  }

  /// Writes the file whole or not at all.
  ///
  /// - Throws: `FileError` where it cannot be written; what was there before then stays.
  public func write(to path: String) throws {
    try AtomicFile.write(serialized(), to: path)
  }

  private static func checksum(_ json: String, _ tensors: [String: SafetensorsFile.Tensor]) -> String {
    var sum = Checksum()
    sum.add(json)
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      sum.add(name)
      sum.add("\(tensor.dataType) \(tensor.shape)")
      tensor.bytes.withUnsafeBytes { sum.add($0) }
    }
    return sum.hexadecimal
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // The best loss of a plateau is infinite before the first epoch.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
