import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// A small classifier with its source statistics, and a stream that is not as the source.
struct AdaptFixture {
  let folder: String
  let model: Model
  /// The rows of the stream, `[100, 6]`, and what they are.
  let rows: Matrix, labels: Matrix

  /// Calls `body` with a folder that holds `m.safetensors`, `net.safetensors` (its state dict), `x.npy`, `y.npy`, and
  /// training rows `s.npy` with their classes `sy.npy`.
  static func with(_ body: (AdaptFixture) throws -> Void) throws {
    try inFolder { folder in try body(AdaptFixture(folder)) }
  }

  private init(_ folder: String) throws {
    self.folder = folder
    var generator = Philox(seed: 4)
    var network = Network.mlp(
      inputDimension: 6, hidden: [8], outputDimension: 3, batchNorm: true, using: &generator)
    for id in network.parameterIDs where id.layer == network.outputLayerIndex {
      network[id] = network[id].scaled(by: 8)
    }
    let source = generator.normal(rows: 300, columns: 6)
    let classes = try network.predict(source).rowArgmax
    model = Model(
      network: network, task: .classification,
      preprocessing: Preprocessing(scale: 1, columnNames: ["a", "b", "c", "d", "e", "f"]), classes: ["u", "v", "w"],
      source: SourceStatistics(inputs: source, classShares: [0.3, 0.3, 0.4]))
    let clean = generator.normal(rows: 100, columns: 6)
    rows = clean.map { 1.5 * $0 + 0.5 }
    labels = Matrix(rows: 100, columns: 1, try network.predict(clean).rowArgmax.map(Float.init))
    try model.write(to: folder + "/m.safetensors")
    try SafetensorsFile(
      tensors: network.stateDictionary.mapValues { SafetensorsFile.Tensor($0.matrix, shape: $0.shape) }
    ).write(to: folder + "/net.safetensors")
    try NPY.write(rows, to: folder + "/x.npy")
    try NPY.write(labels, to: folder + "/y.npy")
    try NPY.write(source, to: folder + "/s.npy")
    try NPY.write(Matrix(rows: 300, columns: 1, classes.map(Float.init)), to: folder + "/sy.npy")
  }

  /// Runs `attune adapt` on the model and the stream; what is given again wins.
  func adapt(_ more: String...) throws -> Outcome {
    func unless(_ option: String, _ values: String...) -> [String] { more.contains(option) ? [] : [option] + values }
    let arguments =
      ["adapt"] + unless("--model", "m.safetensors") + unless("--strategy", "tent") + unless("--data", "x.npy")
      + unless("--output", "z.npy") + unless("--batch-size", "20")
    return try AttuneProcess(arguments + more, in: folder).finish()
  }

  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder + "/" + name) }
}
