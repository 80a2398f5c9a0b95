import AttuneCore
import AttuneData
import Foundation
import Testing

@testable import AttuneTraining

/// The bytes of ONNX files; that ONNX Runtime answers as `predict` does is checked by scripts/check-exchange.sh.
@Suite struct ONNXTests {
  /// A node as it stands in a file.
  private struct Node: Equatable {
    var operation = "", inputs: [String] = [], outputs: [String] = []
  }

  /// What of a file is looked at.
  private struct File {
    var numbers: [UInt64: UInt64] = [:], texts: [UInt64: String] = [:], metadata: [String: String] = [:]
    var nodes: [Node] = [], tensors: [String: (shape: [UInt64], type: UInt64, bytes: [UInt8])] = [:]
    var inputs: [String] = [], outputs: [String] = []
    var opset: UInt64 = 0

    init(_ bytes: [UInt8]) throws {
      for field in try fields(bytes[...]) {
        switch field {
        case .integer(let number, let value): numbers[number] = value
        case .bytes(7, let graph): try readGraph(graph)
        case .bytes(8, let content):
          for case .integer(2, let version) in try fields(content) { opset = version }
        case .bytes(14, let content):
          let parts = try fields(content).compactMap(text)
          metadata[parts[0]] = parts[1]
        case .bytes(let number, let content): texts[number] = String(decoding: content, as: UTF8.self)
        default: Issue.record("an unexpected field")
        }
      }
    }

    private func fields(_ bytes: ArraySlice<UInt8>) throws -> [ProtobufMessage.Field] {
      try #require(ProtobufMessage.fields(in: bytes))
    }

    private func text(_ field: ProtobufMessage.Field) -> String? {
      if case .bytes(_, let bytes) = field { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    private mutating func readGraph(_ graph: ArraySlice<UInt8>) throws {
      for case .bytes(let number, let content) in try fields(graph) {
        switch number {
        case 1:
          var node = Node()
          for field in try fields(content) {
            switch field {
            case .bytes(1, _): node.inputs.append(text(field) ?? "")
            case .bytes(2, _): node.outputs.append(text(field) ?? "")
            case .bytes(4, _): node.operation = text(field) ?? ""
            default: continue
            }
          }
          nodes.append(node)
        case 5:
          var name = "", shape: [UInt64] = [], type: UInt64 = 0, bytes: [UInt8] = []
          for field in try fields(content) {
            switch field {
            case .integer(1, let size): shape.append(size)
            case .integer(2, let value): type = value
            case .bytes(8, _): name = text(field) ?? ""
            case .bytes(9, let raw): bytes = Array(raw)
            default: Issue.record("an unexpected field of a tensor")
            }
          }
          #expect(tensors[name] == nil)
          tensors[name] = (shape, type, bytes)
        case 11: inputs.append(try fields(content).compactMap(text)[0])
        case 12: outputs.append(try fields(content).compactMap(text)[0])
        default: continue
        }
      }
    }

    /// Whether every node reads what is there before it, and every output is made.
    var isSorted: Bool {
      var known = Set(inputs).union(tensors.keys)
      for node in nodes {
        guard node.inputs.allSatisfy(known.contains) else { return false }
        for output in node.outputs where !known.insert(output).inserted { return false }
      }
      return outputs.allSatisfy(known.contains)
    }
  }

  @Test func `a classifier becomes its layers between preprocessing and outputs`() throws {
    let model = try ModelFileTests.classifier()
    let file = try File(try model.onnx(outputs: .both, producerVersion: "9.8.7"))
    #expect(file.numbers[1] == 7 && file.opset == 13)
    #expect(file.texts[2] == "attune" && file.texts[3] == "9.8.7")
    #expect(file.inputs == ["features"] && file.outputs == ["logits", "probabilities"])
    #expect(file.isSorted)
    // Dropout is gone; gelu is five nodes.
    #expect(
      file.nodes.map(\.operation) == [
        "Cast", "Sub", "Div", "Cast", "Mul", "ReduceSum", "Gemm", "BatchNormalization", "Div", "Erf", "Add", "Mul",
        "Mul", "Gemm", "Add", "Softmax",
      ])
    #expect(file.metadata["task"] == "classification")
    #expect(file.metadata["classes"] == #"["no","yes \"☃\""]"#)
    #expect(file.metadata["features"] == #"["a","b","c"]"#)
    #expect(file.metadata["categories"] == nil)
    guard case .linear(let first) = model.network.layers[0] else {
      throw FileError(kind: .notFound, path: "", reason: "")
    }
    let weight = try #require(file.tensors["0.weight"])
    #expect(weight.shape == [4, 3] && weight.type == 1)
    #expect(
      stride(from: 0, to: weight.bytes.count, by: 4).map {
        Float(bitPattern: LittleEndian.number(UInt32.self, in: weight.bytes[$0...]) ?? 0)
      } == first.weight.elements)
    let means = try #require(file.tensors["preprocessing.means"])
    #expect(means.type == 11)
    #expect(
      stride(from: 0, to: means.bytes.count, by: 8).map {
        Double(bitPattern: LittleEndian.number(UInt64.self, in: means.bytes[$0...]) ?? 0)
      } == model.preprocessing.means)
  }

  @Test(arguments: [(ONNXOutputs.logits, ["logits"]), (.probabilities, ["probabilities"])])
  func `outputs are those that were asked for`(outputs: ONNXOutputs, names: [String]) throws {
    let file = try File(try ModelFileTests.classifier().onnx(outputs: outputs, producerVersion: "1"))
    #expect(file.outputs == names && file.isSorted)
    #expect(file.nodes.contains { $0.operation == "Softmax" } == (outputs == .probabilities))
  }

  @Test func `without preprocessing the rows are the inputs of the network`() throws {
    let model = try ModelFileTests.typed()
    let file = try File(try model.onnx(includesPreprocessing: false, producerVersion: "1"))
    #expect(file.nodes.map(\.operation) == ["Mul", "ReduceSum", "Gemm", "Cast", "Mul", "Add", "Cast", "Add"])
    #expect(file.outputs == ["prediction"] && file.isSorted)
    #expect(file.metadata["categories"] == nil && file.metadata["preprocessing"] == "not included")
    #expect(file.metadata["features"] == #"["x","x=missing","k=blue","k=red","k=missing","size"]"#)
  }

  @Test func `categories are codes, whose levels the metadata have`() throws {
    let file = try File(try ModelFileTests.typed().onnx(producerVersion: "1"))
    #expect(file.isSorted)
    #expect(file.metadata["features"] == #"["x","k","size"]"#)
    #expect(file.metadata["categories"] == #"{"k":["blue","red"],"size":["S","M","L"]}"#)
    #expect(file.tensors["columns.sources"]?.bytes == [0, 0, 1, 1, 1, 2].flatMap { [UInt8($0), 0, 0, 0, 0, 0, 0, 0] })
    #expect(file.tensors["columns.isIndicator"]?.bytes == [0, 1, 0, 0, 0, 0])
    #expect(file.tensors["columns.isOneHot"]?.bytes == [0, 0, 1, 1, 1, 0])
  }

  @Test func `numbers that are left as they are need no node`() throws {
    var generator = Philox(seed: 3)
    let model = Model(
      network: Network.linear(inputDimension: 2, outputDimension: 1, using: &generator), task: .regression,
      preprocessing: Preprocessing(scale: 1, columnNames: ["a", "b"]))
    let file = try File(try model.onnx(producerVersion: "1"))
    #expect(file.nodes.map(\.operation) == ["Mul", "ReduceSum", "Gemm", "Add"])
    #expect(file.nodes[2].inputs == ["features", "0.weight", "0.bias"])
  }
}
