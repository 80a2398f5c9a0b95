import AttuneCore
import AttuneData
import AttuneTraining
import Foundation
import Testing

/// Models written and read, and files that lie.
@Suite struct ModelFileTests {
  static func classifier() throws -> Model {
    var generator = Philox(seed: 1)
    var network = Network.mlp(
      inputDimension: 3, hidden: [4], outputDimension: 2, activation: .gelu, batchNorm: true, dropout: 0.25,
      using: &generator)
    network[normalization: 1].runningMean = generator.normal(rows: 1, columns: 4)
    network[normalization: 1].runningVariance = generator.uniform(rows: 1, columns: 4)
    network[normalization: 1].epsilon = 1.1e-5
    network[normalization: 1].momentum = 0.3
    let table = Table(
      features: generator.normal(rows: 20, columns: 3),
      targets: .classes(labels: (0..<20).map { $0 % 2 }, names: ["no", "yes \"☃\""]), columnNames: ["a", "b", "c"])
    let preprocessing = try Preprocessing.fit(.standardize, to: table)
    return Model(
      network: network, task: .classification, preprocessing: preprocessing, classes: ["no", "yes \"☃\""],
      source: SourceStatistics(inputs: try preprocessing.apply(table.features), classShares: [0.5, 0.5]))
  }

  static func regression() throws -> Model {
    var generator = Philox(seed: 2)
    let table = Table(
      features: generator.normal(rows: 9, columns: 3), targets: .values(generator.normal(rows: 9, columns: 1)),
      columnNames: ["a", "b", "c"])
    return Model(
      network: Network.linear(inputDimension: 3, outputDimension: 1, using: &generator), task: .regression,
      preprocessing: try Preprocessing.fit(.scale, factor: 1.0 / 3, to: table))
  }

  /// A model of numbers with holes and of categories, with all keys that a description can have.
  static func typed() throws -> Model {
    var generator = Philox(seed: 5)
    let table = Table(
      features: Matrix([[1, 0, 2], [.nan, 1, 0], [3, .nan, 1]]), targets: .values(Matrix([[1], [2], [4]])),
      columns: [
        Column("x"), Column("k", .categorical(levels: ["blue", "red"])),
        Column("size", .categorical(levels: ["S", "M", "L"])),
      ])
    var imputation = ImputationSettings(), encoding = EncodingSettings()
    (imputation.numeric, imputation.categorical, imputation.indicators) = (.median, .category, true)
    encoding.columns = ["size": .ordinal]
    encoding.unknown = .ignore
    let preprocessing = try Preprocessing.fit(.standardize, imputation: imputation, encoding: encoding, to: table)
    return Model(
      network: Network.linear(inputDimension: 6, outputDimension: 1, using: &generator), task: .regression,
      preprocessing: preprocessing, source: SourceStatistics(inputs: try preprocessing.apply(table.features)),
      dialect: CSVDialect(separator: "tab", decimalComma: true, columnNames: nil, missing: ["", "NA"]))
  }

  @Test func `a model comes back equal to the bit`() throws {
    for model in [try Self.classifier(), try Self.regression(), try Self.typed()] {
      let (read, size) = try withTemporaryFile { path in
        let size = try model.write(to: path)
        return (try Model(contentsOf: path), size)
      }
      #expect(read == model)
      #expect(size > 500)
      var generator = Philox(seed: 3)
      let x = model.preprocessing.isTyped ? Matrix([[1, .nan, .nan]]) : generator.normal(rows: 5, columns: 3)
      #expect(try read.predict(x) == model.predict(x))
    }
  }

  /// A change of the description or the tensors of a good file, and what the error must say.
  struct Lie: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let change: @Sendable (_ description: inout String, _ file: inout SafetensorsFile) -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ text: String,
      _ change: @escaping @Sendable (_ description: inout String, _ file: inout SafetensorsFile) -> Void
    ) {
      (self.name, self.text, self.change) = (name, text, change)
    }

    static func replacing(_ old: String, by new: String, _ text: String) -> Lie {
      Lie("\(old) → \(new)", text) { description, _ in
        #expect(description.contains(old), "\(description)")
        description = description.replacingOccurrences(of: old, with: new)
      }
    }

    static func tensor(_ name: String, _ shape: [Int], _ value: Float, _ text: String) -> Lie {
      Lie("\(name) of \(shape) \(value)", text) { _, file in
        let count = shape.reduce(1, *)
        file.tensors[name] = .init(Matrix(rows: 1, columns: count, repeating: value), shape: shape)
      }
    }
  }

  static let lies: [Lie] = [
    .replacing(#""version":1"#, by: #""version":9"#, "format version 9, known are 1 and 2"),
    Lie("another version of another form", "format version 3, known are 1 and 2") { description, _ in
      description = #"{"version":3,"graph":[]}"#
    },
    .replacing(#""version":1"#, by: #""version":"one""#, "does not describe a model"),
    .replacing(#""features":4"#, by: #""features":4611686018427387904"#, "shape [4], expected [4611686018427387904]"),
    .replacing(#""features":4"#, by: #""features":-4"#, "at least one feature"),
    .replacing(#""features":4"#, by: #""features":1e30"#, "does not describe a model"),
    .replacing(#""inputs":3"#, by: #""inputs":9223372036854775807"#, "expected [4, 9223372036854775807]"),
    .replacing(#""inputs":3"#, by: #""inputs":0"#, "at least one input"),
    .replacing(#""outputs":4"#, by: #""outputs":5"#, "shape [4, 3], expected [5, 3]"),
    .replacing(#""kind":"dropout""#, by: #""kind":"attention""#, "does not describe a model"),
    .replacing(#""function":"gelu""#, by: #""function":"swish""#, "does not describe a model"),
    .replacing(#""rate":0.25"#, by: #""rate":25"#, "expected a number from 0 to 1"),
    .replacing(#""rate":0.25"#, by: #""rate":-1"#, "expected a number from 0 to 1"),
    .replacing(#""epsilon":1.1e-05"#, by: #""epsilon":-1"#, "expected a number above 0"),
    .replacing(#""momentum":0.3"#, by: #""momentum":1e39"#, "does not describe a model"),
    .replacing(#""task":"classification""#, by: #""task":"dreams""#, "does not describe a model"),
    .replacing(#""classes":["no","#, by: #""classes":["no","maybe","#, "3 class names for 2 outputs"),
    .replacing(#""columnNames":["a","#, by: #""columnNames":["#, "3 means and 3 deviations above 0 for 2 columns"),
    .replacing(#""inputs":3,"#, by: #""inputs":2,"#, "shape [4, 3], expected [4, 2]"),
    .replacing(#""deviations":["#, by: #""deviations":[1,"#, "3 means and 4 deviations above 0 for 3 columns"),
    .replacing(#""means":["#, by: #""means":[0,"#, "4 means and 3 deviations"),
    .replacing(#""kind":"standardize""#, by: #""kind":"alchemy""#, "does not describe a model"),
    .replacing(#""classShares":[0.5,0.5]"#, by: #""classShares":[1]"#, "1 class shares for 3 inputs and 2 outputs"),
    .replacing(#""rows":20"#, by: #""rows":0"#, "source statistics of 0 rows"),
    .replacing("{", by: "[", "does not describe a model"),
    Lie("a zero deviation", "deviations above 0") { description, _ in
      description = description.replacing(/"deviations":\[[^,]*,/) { _ in #""deviations":[0,"# }
    },
    Lie("a missing tensor", #"tensor "1.running_var": missing"#) { $1.tensors["1.running_var"] = nil },
    Lie("a missing covariance", #"tensor "source.covariance": missing"#) { $1.tensors["source.covariance"] = nil },
    Lie("no description", "no key 'attune'") { $1.metadata["attune"] = nil },
    .tensor("0.weight", [4, 3], .nan, "element 0 is nan"),
    .tensor("4.bias", [2], .infinity, "element 0 is inf"),
    .tensor("1.running_var", [4], -1, "a variance below 0"),
    .tensor("1.weight", [5], 1, "shape [5], expected [4]"),
    .tensor("1.weight", [4, 1], 1, "shape [4, 1], expected [4]"),
    .tensor("source.covariance", [3], 1, "a covariance [3]"),
    .tensor("source.covariance", [3, 3], .nan, "element 0 is nan"),
  ]

  @Test(arguments: lies) func `a file that lies is refused with its reason`(lie: Lie) throws {
    try withTemporaryFile { path in
      try Self.classifier().write(to: path)
      var file = try SafetensorsFile(contentsOf: path)
      var description = try #require(file.metadata["attune"])
      file.metadata["attune"] = nil
      lie.change(&description, &file)
      if lie.name != "no description" { file.metadata["attune"] = description }
      try file.write(to: path)
      do {
        _ = try Model(contentsOf: path)
        Issue.record("no error")
      } catch let error as ModelFileError {
        #expect(error.description.contains(lie.text), "\(error)")
        #expect(error.path == path)
        #expect(!error.remedy.isEmpty)
      }
    }
  }

  static let typedLies: [Lie] = [
    .replacing(#""version":2"#, by: #""version":3"#, "format version 3, known are 1 and 2"),
    .replacing(#""levels":["blue","red"]"#, by: #""levels":["red","red"]"#, "levels that are not different"),
    .replacing(#""levels":["blue","red"]"#, by: #""levels":[]"#, "levels that are not different, or none"),
    .replacing(#""levels":["blue","red"]"#, by: #""levels":["blue","red","green","pink"]"#, "that become 7 inputs"),
    .replacing(
      #""fill":2,"levels":["blue","red"]"#, by: #""fill":1.5,"levels":["blue","red"]"#, "a code 1.5 for missing"),
    .replacing(
      #""fill":2,"levels":["blue","red"]"#, by: #""fill":-1,"levels":["blue","red"]"#, "a code -1.0 for missing"),
    .replacing(#""fill":2,"levels":["blue","red"]"#, by: #""fill":1e300,"levels":["blue","red"]"#, "a code 1e+300 for"),
    .replacing(#""encoding":"ordinal""#, by: #""encoding":"magic""#, "does not describe a model"),
    .replacing(#""encoding":"ordinal""#, by: #""dropsFirst":true"#, "a first level that is dropped and unknown ones"),
    .replacing(#""hasIndicator":true"#, by: #""hasIndicator":false"#, "that become 5 inputs for 6 network inputs"),
    .replacing(#""unknown":"ignore""#, by: #""hasIndicator":true"#, "an indicator of a column of categories"),
    .replacing(#"["x","k","size"]"#, by: #"["x","x","size"]"#, "two columns of one name"),
    .replacing(#"["x","k","size"]"#, by: #"["x","y","size"]"#, "a column 'k' that is not listed"),
    .replacing(#""separator":"tab""#, by: #""separator":"\"""#, "does not describe a model"),
    .replacing(#""columns":{"#, by: #""columns":[{"#, "does not describe a model"),
  ]

  @Test(arguments: typedLies) func `a file that lies about its columns is refused with its reason`(lie: Lie) throws {
    try withTemporaryFile { path in
      try Self.typed().write(to: path)
      var file = try SafetensorsFile(contentsOf: path)
      var description = try #require(file.metadata["attune"])
      lie.change(&description, &file)
      file.metadata["attune"] = description
      try file.write(to: path)
      do {
        _ = try Model(contentsOf: path)
        Issue.record("no error")
      } catch let error as ModelFileError {
        #expect(error.description.contains(lie.text), "\(error)")
      }
    }
  }

  @Test func `an output of zero inputs cannot claim any width`() throws {
    try withTemporaryFile { path in
      try Self.regression().write(to: path)
      var file = try SafetensorsFile(contentsOf: path)
      let description = try #require(file.metadata["attune"])
      file.metadata["attune"] = description.replacingOccurrences(of: #""inputs":3"#, with: #""inputs":0"#)
        .replacingOccurrences(of: #""outputs":1"#, with: #""outputs":1152921504606846976"#)
        .replacingOccurrences(of: #""bias":true"#, with: #""bias":false"#)
        .replacingOccurrences(of: #"["a","b","c"]"#, with: "[]")
      file.tensors["0.weight"] = .init(dataType: .float32, shape: [1 << 60, 0], bytes: [])
      try file.write(to: path)
      #expect(throws: ModelFileError.self) { try Model(contentsOf: path) }
    }
  }

  @Test func `a target deviation of zero is refused`() throws {
    try withTemporaryFile { path in
      try Self.regression().write(to: path)
      var file = try SafetensorsFile(contentsOf: path)
      let description = try #require(file.metadata["attune"])
      file.metadata["attune"] = description.replacing(/"standardDeviation":[^,}]*/) { _ in #""standardDeviation":0"# }
      #expect(file.metadata["attune"] != description)
      try file.write(to: path)
      #expect(throws: ModelFileError.self) { try Model(contentsOf: path) }
    }
  }

  @Test func `cut and flipped files throw and never crash`() throws {
    for model in [try Self.classifier(), try Self.typed()] { try damage(model) }
  }

  private func damage(_ model: Model) throws {
    try withTemporaryFile { path in
      try model.write(to: path)
      let bytes = Array(try Data(contentsOf: URL(filePath: path)))
      var generator = Philox(seed: 4)
      for round in 0..<300 {
        var broken = bytes
        if round < 100 {
          broken.removeLast(1 + generator.nextIndex(below: bytes.count))
        } else {
          // In the header, where a change means something.
          for _ in 0...generator.nextIndex(below: 3) {
            broken[generator.nextIndex(below: min(1800, bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
          }
        }
        try Data(broken).write(to: URL(filePath: path))
        do {
          let model = try Model(contentsOf: path)
          _ = try model.predict(Matrix(rows: 2, columns: 3))
        } catch is ModelFileError {
        } catch is UnknownCategoryError {}
      }
    }
  }

  @Test func `a model of very many inputs keeps their variances, and is read again`() throws {
    let count = SourceStatistics.covarianceLimit + 1
    var generator = Philox(seed: 3)
    let table = Table(
      features: generator.normal(rows: 2, columns: count), targets: .values(generator.normal(rows: 2, columns: 1)),
      columnNames: (0..<count).map { "column \($0)" })
    let model = Model(
      network: Network.linear(inputDimension: count, outputDimension: 1, using: &generator), task: .regression,
      preprocessing: try Preprocessing.fit(.none, to: table), source: SourceStatistics(inputs: table.features))
    let (size, read) = try withTemporaryFile { path in
      (try model.write(to: path), try Model(contentsOf: path))
    }
    #expect(size < 1 << 20)
    #expect(read.source == model.source)
  }
}
