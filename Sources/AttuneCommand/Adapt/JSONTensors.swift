internal import AttuneCore
internal import Foundation

/// Moves the matrices of an encoded value from its JSON to tensors, and back, without a change of a bit.
///
/// A `Matrix` is encoded as an object of `rows`, `columns` and its bytes in base64, a `DoubleMatrix` with a list of numbers:
/// any object that is written so becomes a tensor, named by its path, whoever defined the type that holds it.
enum JSONTensors {
  /// The member that stands for a tensor.
  private static let reference = "$tensor"

  /// The value with references in place of its matrices.
  ///
  /// - Parameter path: the name of the value itself.
  static func extract(_ value: JSONValue, path: String, into tensors: inout [String: SafetensorsFile.Tensor])
    -> JSONValue
  {
    switch value {
    case .array(let elements):
      return .array(elements.enumerated().map { extract($1, path: "\(path).\($0)", into: &tensors) })
    case .object(let object):
      if let tensor = tensor(of: object) {
        tensors[path] = tensor
        return .object([reference: .string(path)])
      }
      var changed = JSONObject()
      for key in object.keys {
        changed[key] = object[key].map { extract($0, path: "\(path).\(key)", into: &tensors) }
      }
      return .object(changed)
    default: return value
    }
  }

  /// The value with its matrices in place of the references.
  ///
  /// - Throws: `ModelFileError` where a tensor is missing or of another type than matrices are.
  static func restore(_ value: JSONValue, from file: SafetensorsFile) throws -> JSONValue {
    switch value {
    case .array(let elements): return .array(try elements.map { try restore($0, from: file) })
    case .object(let object):
      if object.keys == [reference], let name = object[reference]?.asString {
        return try matrix(try file.tensor(name), name, file)
      }
      var changed = JSONObject()
      for key in object.keys { changed[key] = try object[key].map { try restore($0, from: file) } }
      return .object(changed)
    default: return value
    }
  }

  private static func tensor(of object: JSONObject) -> SafetensorsFile.Tensor? {
    guard object.keys.count == 3, let rows = object["rows"]?.asInt, let columns = object["columns"]?.asInt, rows >= 0,
      columns >= 0, let elements = object["elements"]
    else { return nil }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count < 1 << 50 else { return nil }
    switch elements {
    case .string(let text):
      guard let data = Data(base64Encoded: text), data.count == 4 * count else { return nil }
      return SafetensorsFile.Tensor(dataType: .float32, shape: [rows, columns], bytes: Array(data))
    case .array(let numbers):
      let values = numbers.compactMap(\.asDouble)
      guard values.count == count, numbers.count == count else { return nil }
      return SafetensorsFile.Tensor(values, shape: [rows, columns])
    default: return nil
    }
  }

  private static func matrix(
    _ tensor: SafetensorsFile.Tensor, _ name: String, _ file: SafetensorsFile
  ) throws -> JSONValue {
    guard tensor.shape.count == 2, [.float32, .float64].contains(tensor.dataType) else {
      throw ModelFileError(
        path: file.path, place: .tensor(name),
        what: "a tensor of \(tensor.dataType) with shape \(tensor.shape), expected F32 or F64 of two dimensions",
        remedy: "write the state again")
    }
    let elements: JSONValue =
      tensor.dataType == .float32
      ? .string(Data(tensor.bytes).base64EncodedString())
      : .array(try tensor.doubles().map { .number(JSONNumber($0)) })
    return .object([
      "rows": .number(JSONNumber(tensor.shape[0])), "columns": .number(JSONNumber(tensor.shape[1])),
      "elements": elements,
    ])
  }
}
