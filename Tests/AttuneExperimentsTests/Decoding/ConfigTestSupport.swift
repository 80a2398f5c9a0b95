import AttuneCore
import AttuneExperiments
import Testing

/// Decodes a text as the file `x.yaml`.
func decode<Value: Decodable>(
  _ type: Value.Type, _ yaml: String, userInfo: [CodingUserInfoKey: Any] = [:]
) throws(ConfigError) -> Value {
  try ConfigDecoder().decode(type, from: ConfigParser.parse(text: yaml, file: "x.yaml"), userInfo: userInfo)
}

/// What the error of a body says; records an issue and returns an empty text if it succeeds or fails otherwise.
func errorText(_ body: () throws -> Any, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  do {
    let value = try body()
    Issue.record("no error, but \(value)", sourceLocation: sourceLocation)
  } catch let error as ConfigError {
    return error.description
  } catch {
    Issue.record("another error: \(error)", sourceLocation: sourceLocation)
  }
  return ""
}

/// A configuration like those of optimizers.
struct MomentumSettings: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  var learningRate = 0.001
  var momentum = 0.9
  var nesterov = false
  var clip: Double?

  func validate() throws {
    try ConfigCheck.range("learningRate", learningRate, above: 0)
    try ConfigCheck.range("momentum", momentum, atLeast: 0, below: 1)
  }
}

/// A configuration with another one in it, and with an enumeration.
struct ArmSettings: Codable, Sendable, Equatable, DefaultInitializable {
  enum Schedule: String, Codable, CaseIterable { case constant, cosine, step }

  var name = "arm"
  var epochs = 10
  var schedule = Schedule.cosine
  var optimizer = MomentumSettings(learningRate: 0.5)
  var seeds: [UInt64] = [1]
  var labels: [String: Double] = [:]
}

/// A whole file, of which `training` must be given.
struct FileSettings: Codable, Sendable, Equatable {
  var name: String
  var training: [ArmSettings]
}

/// One value of each kind, all of them optional.
struct Values: Codable, Sendable, Equatable, DefaultInitializable {
  var flag: Bool?
  var count: Int?
  var small: Int8?
  var size: UInt?
  var ratio: Double?
  var weight: Float?
  var text: String?
}
