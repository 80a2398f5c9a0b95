import AttuneCore
import Testing

/// Files of the reference implementation, read, converted and written again.
@Suite struct SafetensorsFileTests {
  private static let fixtures = [
    "sequential.safetensors", "sequential-expected.safetensors", "dtypes.safetensors", "every-dtype.safetensors",
  ]

  private func fixture(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: SafetensorsFixtures.path(name))
  }

  @Test(arguments: fixtures) func `a file of the reference is written again byte for byte`(name: String) throws {
    let file = try fixture(name)
    #expect(try file.serialized() == SafetensorsFixtures.bytes(name))
    #expect(file.warnings.isEmpty)
    #expect(file.path == SafetensorsFixtures.path(name))
  }

  @Test func `a state dict of PyTorch has its names, shapes and counters`() throws {
    let file = try fixture("sequential.safetensors")
    #expect(file.metadata == ["format": "pt"])
    #expect(
      file.names == [
        "0.bias", "0.weight", "1.bias", "1.num_batches_tracked", "1.running_mean", "1.running_var", "1.weight",
        "3.bias", "3.weight",
      ])
    #expect(file.tensors.mapValues(\.shape)["0.weight"] == [4, 5])
    #expect(try file.tensor("0.weight").matrix().shape == Shape(rows: 4, columns: 5))
    #expect(try file.tensor("0.bias").matrix().shape == Shape(rows: 1, columns: 4))
    #expect(try file.tensor("1.num_batches_tracked").integers() == [12])
    #expect(try file.tensor("1.num_batches_tracked").shape == [])
  }

  /// Linear, batch norm with its running statistics, ReLU, linear: in double precision, straight from the tensors.
  @Test func `the network of the state dict answers as PyTorch did`() throws {
    let file = try fixture("sequential.safetensors"), expected = try fixture("sequential-expected.safetensors")
    func vector(_ name: String) throws -> [Double] { try file.tensor(name).doubles() }
    func linear(_ x: [Double], _ layer: String) throws -> [Double] {
      let weight = try vector("\(layer).weight"), bias = try vector("\(layer).bias")  // [n, d], [n]
      return bias.indices.map { i in bias[i] + x.indices.reduce(0) { $0 + weight[i * x.count + $1] * x[$1] } }
    }
    let mean = try vector("1.running_mean"), variance = try vector("1.running_var")
    let scale = try vector("1.weight"), shift = try vector("1.bias")
    let input = try expected.tensor("input").matrix(), logits = try expected.tensor("logits").matrix()
    #expect(input.shape == Shape(rows: 7, columns: 5))
    #expect(logits.shape == Shape(rows: 7, columns: 3))
    for row in 0..<input.rows {
      let first = try linear(input.row(row).map { Double($0) }, "0")
      let normed = first.indices.map { j in
        max(0, (first[j] - mean[j]) / (variance[j] + 1e-5).squareRoot() * scale[j] + shift[j])
      }
      let answer = try linear(normed, "3")
      // PyTorch computed in single precision: some units in the last place of numbers around 1.
      for j in answer.indices { #expect(abs(answer[j] - Double(logits[row, j])) < 2e-6, "row \(row), logit \(j)") }
    }
  }

  @Test(arguments: ["half", "brain", "double"]) func `conversion gives the reference's floats`(name: String) throws {
    let file = try fixture("dtypes.safetensors")
    let tensor = try file.tensor(name), expected = try file.tensor("\(name).expected")
    #expect(tensor.dataType != expected.dataType)
    #expect(tensor.shape == expected.shape)
    #expect(try tensor.floats().map(\.bitPattern) == expected.floats().map(\.bitPattern))
  }

  @Test func `every half and every bfloat16 converts as its bits say`() throws {
    let patterns = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    func floats(_ dtype: String) throws -> [Float] {
      let bytes = SafetensorsFixtures.file(dtype: dtype, shape: [65536], data: patterns)
      return try SafetensorsFile(bytes: bytes).tensor("a").floats(allowingNonFinite: true)
    }
    let half = try floats("F16"), brain = try floats("BF16")
    for bits in 0...Int(UInt16.max) {
      let negative = bits >> 15 == 1, exponent = bits >> 10 & 31, fraction = Double(bits & 1023)
      let power = Double(sign: .plus, exponent: max(exponent, 1) - 15, significand: 1)
      var value = (exponent == 0 ? fraction / 1024 : 1 + fraction / 1024) * power
      if exponent == 31 { value = fraction == 0 ? .infinity : .nan }
      if value.isNaN { #expect(half[bits].isNaN) } else { #expect(Double(half[bits]) == (negative ? -value : value)) }
      #expect(brain[bits].bitPattern >> 16 == UInt32(bits) && brain[bits].bitPattern & 0xFFFF == 0)
    }
  }

  @Test func `integers, booleans and doubles keep their values`() throws {
    let file = try fixture("dtypes.safetensors")
    #expect(file.metadata == ["käse \"1\"\n": "\t☃ \\ \u{7F}"])
    #expect(try file.tensor("long").integers() == [1 << 62, Int.min, -1, 0])
    #expect(try file.tensor("int").integers() == [2_147_483_647, -2_147_483_648])
    #expect(try file.tensor("byte").integers() == [0, 127, 255])
    #expect(try file.tensor("bool").integers() == [1, 0, 1])
    let extreme = [0.1, -1e-300, 0x1p53 + 2, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    #expect(try file.tensor("double.extreme").doubles() == extreme)
    #expect(try file.tensor("scalar").floats() == [1.5])
    #expect(try file.tensor("empty").matrix().shape == Shape(rows: 0, columns: 3))
    #expect(try file.tensor("cube").floats() == (0..<24).map { Float($0) })
    #expect(try file.tensor("cube").shape == [2, 3, 4])
  }

  @Test(arguments: ["half.special", "brain.special", "single.special"])
  func `values that are not finite come only when allowed`(name: String) throws {
    let tensor = try fixture("dtypes.safetensors").tensor(name)
    let path = SafetensorsFixtures.path("dtypes.safetensors")
    let error = try #require(#expect(throws: ModelFileError.self) { try tensor.floats() })
    #expect(
      error.description == "\(path): tensor \"\(name)\": element 0 is inf; "
        + "train or convert it again, or allow values that are not finite")
    #expect(throws: error) { try tensor.matrix() }
    #expect(throws: error) { try tensor.doubles() }
    let values = try tensor.floats(allowingNonFinite: true)
    #expect(values[0] == .infinity && values[1] == -.infinity && values[2].isNaN && values[3] == 1)
    #expect(try tensor.doubles(allowingNonFinite: true)[1] == -.infinity)
  }

  @Test func `a double too large for single precision is refused as float and kept as double`() throws {
    let tensor = try fixture("dtypes.safetensors").tensor("double.extreme")
    let error = #expect(throws: ModelFileError.self) { try tensor.floats() }
    #expect(error?.what == "element 3 is inf")
    #expect(error?.place == .tensor("double.extreme"))
    #expect(try tensor.doubles().count == 5)
    var file = SafetensorsFile()
    file.tensors["x"] = SafetensorsFile.Tensor([1, .nan])
    let doubles = #expect(throws: ModelFileError.self) { try file.tensor("x").doubles() }
    #expect(doubles?.what == "element 1 is nan")
    #expect(doubles?.place == .tensor("x"))
    // A tensor that was not asked for by name does not know one.
    let nameless = #expect(throws: ModelFileError.self) { try SafetensorsFile.Tensor([.infinity]).doubles() }
    #expect(
      nameless?.description == "element 0 is inf; train or convert it again, or allow values that are not finite")
  }

  @Test func `a matrix has one or two dimensions and floats`() throws {
    let file = try fixture("dtypes.safetensors")
    for (name, what) in [
      ("cube", "its shape [2, 3, 4] has 3 dimensions"), ("scalar", "its shape [] has 0 dimensions"),
      ("int", "its dtype is I32, but floating-point numbers are needed"),
    ] {
      let error = #expect(throws: ModelFileError.self) { try file.tensor(name).matrix() }
      #expect(error?.what == what)
    }
    let error = #expect(throws: ModelFileError.self) { try file.tensor("half").integers() }
    #expect(error?.what == "its dtype is F16, but integers are needed")
    let seven = try SafetensorsFile(bytes: SafetensorsFixtures.file(dtype: "BOOL", shape: [2], data: [1, 7]))
    let boolean = #expect(throws: ModelFileError.self) { try seven.tensor("a").integers() }
    #expect(
      boolean?.description == #"tensor "a": element 1 is 7, but a boolean is 0 or 1; save it again as U8"#)
  }

  @Test func `a missing tensor is reported with those there are`() throws {
    let error = #expect(throws: ModelFileError.self) { try fixture("sequential-expected.safetensors").tensor("x") }
    #expect(
      error?.description == SafetensorsFixtures.path("sequential-expected.safetensors")
        + #": tensor "x": missing; the file has "input", "logits""#)
    let empty = #expect(throws: ModelFileError.self) { try SafetensorsFile().tensor("x") }
    #expect(empty?.description == #"tensor "x": missing; the file has no tensors"#)
  }

  @Test func `what was written is read again`() throws {
    let matrix = Matrix([[1, -0.0, .leastNonzeroMagnitude], [Float.pi, -2e30, 0.1]])
    var file = SafetensorsFile(metadata: ["b": "2", "a": "\"\n\u{1}é"])
    file.tensors["matrix"] = SafetensorsFile.Tensor(matrix)
    file.tensors["cube"] = SafetensorsFile.Tensor(matrix, shape: [3, 1, 2])
    file.tensors[""] = SafetensorsFile.Tensor([0.1, 1e300], shape: [2, 1])
    file.tensors["../\0"] = SafetensorsFile.Tensor([Int.min, 3])
    file.tensors["none"] = SafetensorsFile.Tensor(Matrix(rows: 0, columns: 4))
    let bytes = try file.serialized()
    let again = try SafetensorsFile(bytes: bytes)
    #expect(again.tensors == file.tensors && again.metadata == file.metadata)
    #expect(try again.tensor("matrix").matrix().elements.map(\.bitPattern) == matrix.elements.map(\.bitPattern))
    #expect(try again.tensor("").doubles() == [0.1, 1e300])
    #expect(try again.tensor("../\0").integers() == [Int.min, 3])
    let header = String(decoding: bytes[8...], as: UTF8.self)
    #expect(header.hasPrefix(#"{"__metadata__":{"a":"\"\n\u0001é","b":"2"},"../\u0000":{"dtype":"I64","#))
    #expect(bytes[0] % 8 == 0)
  }

  @Test func `a tensor cannot take the name of the metadata`() {
    let file = SafetensorsFile(tensors: ["__metadata__": SafetensorsFile.Tensor([1.0])])
    let error = #expect(throws: ModelFileError.self) { try file.serialized() }
    #expect(
      error?.description == #"tensor "__metadata__": the format keeps this name for the metadata; "#
        + "give the tensor another one")
  }

  @Test func `unknown fields are passed over with a warning`() throws {
    let header = #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1,"y":[]}}"#
    let file = try SafetensorsFile(bytes: SafetensorsFixtures.file(header))
    #expect(file.warnings == ["2 unknown fields in the header were passed over"])
  }

  @Test func `a large header is read only when asked for`() throws {
    let bytes = SafetensorsFixtures.file("{}" + String(repeating: " ", count: 1 << 20))
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(bytes: bytes) }
    #expect(
      error?.description == "byte 0: a header of 1048578 bytes, the limit is 1048576; "
        + "if the file can be trusted, raise headerLimit to at most 100000000")
    #expect(throws: Never.self) { try SafetensorsFile(bytes: bytes, headerLimit: 2 << 20) }
  }

  @Test func `a zip archive is recognized`() {
    let error = #expect(throws: ModelFileError.self) {
      try SafetensorsFile(bytes: [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 60))
    }
    #expect(error?.what == "a zip archive (.pt and .npz are such), not a safetensors file")
  }
}
