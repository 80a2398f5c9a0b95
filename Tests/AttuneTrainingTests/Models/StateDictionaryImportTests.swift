import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// PyTorch state dicts (`Tests/References/make_safetensors_fixtures.py`), and what cannot be imported.
@Suite struct StateDictionaryImportTests {
  private func file(_ tensors: [String: [Int]]) -> SafetensorsFile {
    SafetensorsFile(
      tensors: tensors.mapValues { shape in
        .init(Matrix(rows: 1, columns: shape.reduce(1, *), repeating: 0.5), shape: shape)
      })
  }

  private func fixture(_ name: String) throws -> SafetensorsFile {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try SafetensorsFile(contentsOf: tests.appending(path: "Fixtures/safetensors/\(name).safetensors").path)
  }

  /// Float32 against float32 in another order of summation.
  static let tolerance: Float = 1e-5

  @Test(arguments: ["", "net.", "a.b."]) func `a network of PyTorch gives PyTorch's logits`(prefix: String) throws {
    let original = try fixture("sequential"), expected = try fixture("sequential-expected")
    let file = SafetensorsFile(
      tensors: Dictionary(uniqueKeysWithValues: original.tensors.map { (prefix + $0.key, $0.value) }))
    let network = try StateDictionaryImport(activation: .relu).network(from: file)
    let logits = try expected.tensor("logits").matrix()
    let found = try network.predict(try expected.tensor("input").matrix())
    #expect(found.shape == logits.shape)
    #expect(zip(found.elements, logits.elements).allSatisfy { abs($0 - $1) < Self.tolerance })
  }

  @Test func `one activation stands in each gap between layers`() throws {
    let network = try StateDictionaryImport(activation: .tanh).network(
      from: file([
        "1.weight": [4, 3], "1.bias": [4], "2.weight": [4], "2.bias": [4], "2.running_mean": [4],
        "2.running_var": [4], "5.weight": [6, 4], "6.weight": [2, 6], "6.bias": [2], "10.weight": [1, 2],
      ]))
    #expect(
      network.architecture == [
        .linear(inputs: 3, outputs: 4, bias: true), .batchNorm(features: 4, epsilon: 1e-5, momentum: 0.1),
        .activation(.tanh), .linear(inputs: 4, outputs: 6, bias: false), .linear(inputs: 6, outputs: 2, bias: true),
        .activation(.tanh), .linear(inputs: 2, outputs: 1, bias: false),
      ])
  }

  @Test func `named modules fix the order that a state dict leaves open`() throws {
    // Linear, ReLU, BatchNorm1d, Dropout, Linear: the gap of the dropout must not become a second activation.
    let ambiguous = file([
      "0.weight": [4, 3], "0.bias": [4], "2.weight": [4], "2.bias": [4], "2.running_mean": [4], "2.running_var": [4],
      "4.weight": [2, 4], "4.bias": [2],
    ])
    let refusal = #expect(throws: ModelFileError.self) {
      try StateDictionaryImport(activation: .relu).network(from: ambiguous)
    }
    #expect(refusal?.description.contains("modules without parameters stand in two places before module 4") == true)
    #expect(refusal?.description.contains("--layers linear,relu,batchnorm,dropout,linear") == true)
    let network = try StateDictionaryImport(modules: [.linear, .relu, .batchnorm, .dropout, .linear])
      .network(from: ambiguous)
    #expect(network.summary == "linear 3→4, relu, batch norm, linear 4→2")
    for modules in [
      [.linear, .batchnorm, .relu, .dropout, .linear], [.linear, .relu, .linear, .dropout, .linear],
      [.linear, .relu, .batchnorm, .dropout], [.linear, .relu, .batchnorm, .dropout, .relu],
    ] as [[StateDictionaryImport.Module]] {
      #expect(throws: ModelFileError.self) { try StateDictionaryImport(modules: modules).network(from: ambiguous) }
    }
  }

  static let refused: [(tensors: [String: [Int]], text: String)] = [
    ([:], "no tensors"),
    (
      ["0.weight": [8, 3, 3, 3], "0.bias": [8]], #"tensor "0.weight": shape [8, 3, 3, 3], expected [outputs, inputs]"#
    ),
    (
      ["0.weight": [4, 3], "1.weight": [4], "1.bias": [4]], #"tensor "1.weight": shape [4], expected [outputs, inputs]"#
    ),
    (["0.weight": [4, 3, 3], "0.running_mean": [4]], "expected one dimension beside running_mean; only BatchNorm1d"),
    (["0.running_mean": [4], "0.running_var": [4]], #"tensor "0.weight": missing; a BatchNorm1d needs affine=True"#),
    (["0.weight": [4, 3], "0.bias": [3]], #"tensor "0.bias": shape [3], expected [4]"#),
    (["0.weight": [4], "0.bias": [4], "0.running_mean": [4]], #"tensor "0.running_var": missing"#),
    (["encoder.0.weight": [4, 3], "decoder.0.weight": [3, 4]], "two modules, 'decoder.' and 'encoder.'"),
    (["fc1.weight": [4, 3]], #"tensor "fc1.weight": not a name of nn.Sequential"#),
    (["weight": [4, 3]], #"tensor "weight": not a name of nn.Sequential"#),
    (["0.weight": [4, 3], "0.gamma": [4]], #"tensor "0.gamma": not a name of nn.Sequential"#),
    (["-1.weight": [4, 3]], #"tensor "-1.weight": not a name of nn.Sequential"#),
    (["+0.weight": [4, 3]], #"tensor "0.weight": missing"#),
    (["99999999999999999999.weight": [4, 3]], "not a name of nn.Sequential"),
    (["0.weight": [1 << 40, 0]], "layer 0 (linear): expected at least one input and one output"),
    (["0.weight": [4, 3], "2.weight": [2, 5]], "layer 2 (linear): expected 5 input features, found 4"),
    (["0.weight": [3], "0.bias": [3], "0.running_mean": [3], "0.running_var": [3]], "at least one linear layer"),
  ]

  @Test(arguments: refused.indices) func `what is no such network is refused with its reason`(row: Int) {
    let (tensors, text) = Self.refused[row]
    do {
      _ = try StateDictionaryImport(activation: .relu).network(from: file(tensors))
      Issue.record("no error for \(tensors)")
    } catch { #expect("\(error)".contains(text), "\(error)") }
  }

  @Test func `the largest index there is has no successor`() throws {
    let network = try StateDictionaryImport(activation: .relu).network(
      from: file(["0.weight": [4, 3], "\(Int.max - 1).weight": [4, 4], "\(Int.max).weight": [2, 4]]))
    #expect(network.layers.count == 4)
  }
}
