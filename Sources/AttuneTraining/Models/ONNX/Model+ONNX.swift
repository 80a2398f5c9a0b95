internal import AttuneCore
internal import AttuneData

/// What an ONNX file answers for a classifier.
public enum ONNXOutputs: String, CaseIterable, Sendable {
  /// An output `logits`.
  case logits
  /// An output `probabilities`, their softmax.
  case probabilities
  /// Both outputs.
  case both
}

/// A model that ONNX cannot hold as it was asked for.
public struct ONNXExportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What cannot be written.
  public let problem: String
  /// What to do.
  public let advice: String

  /// What cannot be written, and what to do.
  public var description: String { "\(problem); \(advice)" }
}

extension Model {
  /// The opset of the files: ONNX Runtime since 1.7 (2021) reads it.
  static let opset = 13
  /// The version of the file format that belongs to the opset.
  static let intermediateVersion = 7
  /// A message of protocol buffers is smaller than 2 GiB.
  private static let largestFile = Int(Int32.max)

  /// The model as an ONNX file: from raw rows to the answers of `predict`, any number of rows at once.
  ///
  /// The input `features` is `[rows, columns]`: the columns that the model was trained on, in their order; categories as
  /// the codes of their levels, a missing value as NaN. A row that `predict` refuses is answered with NaN. The metadata
  /// have `task`, `classes`, `features`, and `categories` with the levels, as JSON.
  ///
  /// - Parameters:
  ///   - outputs: what a classifier answers; a regression has one output `prediction`, in the target's unit.
  ///   - includesPreprocessing: whether rows are raw; otherwise they are the inputs of the network.
  ///   - producerVersion: the version of the program, which the file names.
  /// - Throws: `ONNXExportError` where the model is larger than the format allows.
  /// - Source: ONNX operators of opset 13, https://onnx.ai/onnx/operators.
  public func onnx(
    outputs: ONNXOutputs = .logits, includesPreprocessing: Bool = true, producerVersion: String
  ) throws -> [UInt8] {
    guard network.parameterCount < Self.largestFile / 8 else {
      throw ONNXExportError(
        problem: "\(network.parameterCount) parameters are more than one ONNX file holds",
        advice: "use the model file itself, or a smaller network")
    }
    var graph = ONNXGraph()
    let names = includesPreprocessing ? preprocessing.columnNames : preprocessing.inputNames
    // The names of the ends are taken before those of the nodes.
    graph.addInput("features", columns: names.count)
    var values: String, refusal: String
    if includesPreprocessing {
      let rows = ONNXPreprocessing(preprocessing, of: "features", to: &graph)
      (values, refusal) = (rows.inputs, rows.refusal)
    } else {
      (values, refusal) = ("features", ONNXPreprocessing.addRefusal(of: "features", isDouble: false, to: &graph))
    }
    for (index, layer) in network.layers.enumerated() {
      values = graph.add(layer, number: index, after: values)
    }
    addAnswers(values, refusal, outputs, to: &graph)

    var opset = ProtobufMessage(), file = ProtobufMessage()
    opset.add(1, "".utf8)
    opset.add(2, Self.opset)
    file.add(1, Self.intermediateVersion)
    file.add(2, "attune".utf8)
    file.add(3, producerVersion.utf8)
    file.add(7, graph.message(named: "attune").bytes)
    file.add(8, opset.bytes)
    for (key, value) in metadata(names, includesPreprocessing) {
      var entry = ProtobufMessage()
      entry.add(1, key.utf8)
      entry.add(2, value.utf8)
      file.add(14, entry.bytes)
    }
    return file.bytes
  }

  private func addAnswers(_ values: String, _ refusal: String, _ outputs: ONNXOutputs, to graph: inout ONNXGraph) {
    let width = network.outputDimension
    guard task == .classification else {
      guard let scaling = preprocessing.targetScaling else {
        graph.addOutput(graph.add("Add", [values, refusal], named: "prediction"), columns: width)
        return
      }
      let double = graph.cast(values, to: .double, named: "target.double")
      let deviation = graph.constant([scaling.standardDeviation], shape: [1, 1], named: "target.deviation")
      let mean = graph.constant([scaling.mean], shape: [1, 1], named: "target.mean")
      let scaled = graph.add("Mul", [double, deviation], named: "target.scaled")
      let shifted = graph.add("Add", [scaled, mean], named: "target.shifted")
      let float = graph.cast(shifted, to: .float, named: "target.float")
      graph.addOutput(graph.add("Add", [float, refusal], named: "prediction"), columns: width)
      return
    }
    let logits = graph.add("Add", [values, refusal], named: "logits")
    if outputs != .probabilities { graph.addOutput(logits, columns: width) }
    if outputs != .logits {
      graph.addOutput(
        graph.add("Softmax", [logits], named: "probabilities", [.integer("axis", 1)]), columns: width)
    }
  }

  private func metadata(_ names: [String], _ includesPreprocessing: Bool) -> [(String, String)] {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    var categories = JSONObject()
    if includesPreprocessing {
      for column in preprocessing.columns { categories[column.column.name] = column.column.levels.map(list) }
    }
    var entries = [("task", task.rawValue), ("features", list(names).text)]
    if !classes.isEmpty { entries.append(("classes", list(classes).text)) }
    if !categories.keys.isEmpty { entries.append(("categories", JSONValue.object(categories).text)) }
    return entries + [("preprocessing", includesPreprocessing ? "included" : "not included")]
  }
}

extension ONNXGraph {
  /// Adds a layer as it answers when it serves; its tensors have PyTorch's names.
  fileprivate mutating func add(_ layer: Layer, number: Int, after values: String) -> String {
    func vector(_ matrix: Matrix, _ name: String, in graph: inout ONNXGraph) -> String {
      graph.constant(matrix.elements, shape: [matrix.count], named: "\(number).\(name)")
    }
    switch layer {
    case .linear(let linear):
      var inputs = [values]
      inputs.append(
        constant(
          linear.weight.elements, shape: [linear.outputDimension, linear.inputDimension], named: "\(number).weight"))
      if let bias = linear.bias { inputs.append(vector(bias, "bias", in: &self)) }
      return add("Gemm", inputs, named: "\(number).linear", [.integer("transB", 1)])
    case .batchNorm(let norm):
      let inputs = [
        values, vector(norm.gamma, "weight", in: &self), vector(norm.beta, "bias", in: &self),
        vector(norm.runningMean, "running_mean", in: &self), vector(norm.runningVariance, "running_var", in: &self),
      ]
      return add("BatchNormalization", inputs, named: "\(number).batchNorm", [.float("epsilon", norm.epsilon)])
    case .activation(let function): return add(function, number: number, of: values)
    case .dropout: return values
    }
  }

  private mutating func add(_ function: ActivationFunction, number: Int, of values: String) -> String {
    let name = "\(number).\(function.rawValue)"
    switch function {
    case .relu: return add("Relu", [values], named: name)
    case .tanh: return add("Tanh", [values], named: name)
    case .sigmoid: return add("Sigmoid", [values], named: name)
    case .gelu:
      // Opset 13 has no Gelu; these five nodes are those that ONNX Runtime fuses to one.
      let root = constant([Float(2).squareRoot()], shape: [1], named: "\(name).root")
      let one = constant([1] as [Float], shape: [1], named: "\(name).one")
      let half = constant([0.5] as [Float], shape: [1], named: "\(name).half")
      let scaled = add("Div", [values, root], named: "\(name).scaled")
      let error = add("Erf", [scaled], named: "\(name).erf")
      let sum = add("Add", [error, one], named: "\(name).sum")
      let product = add("Mul", [values, sum], named: "\(name).product")
      return add("Mul", [product, half], named: name)
    }
  }
}
