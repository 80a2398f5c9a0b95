import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// Imputation and encoding, by hand calculation; the agreement with scikit-learn is tested in AttuneExperimentsTests.
@Suite struct EncodingTests {
  /// Numbers with a missing one, colors with a missing one.
  private let table = Table(
    features: Matrix([[1, 0], [.nan, 1], [5, 1], [3, .nan], [11, 2]]), targets: .none,
    columns: [Column("x"), Column("k", .categorical(levels: ["blue", "green", "red"]))])

  private func imputation(_ numeric: Imputation, _ categorical: Imputation, indicators: Bool = false)
    -> ImputationSettings
  {
    var settings = ImputationSettings()
    (settings.numeric, settings.categorical, settings.indicators) = (numeric, categorical, indicators)
    return settings
  }

  private func fit(
    _ kind: Preprocessing.Kind, _ imputation: ImputationSettings,
    _ change: (inout EncodingSettings) -> Void = { _ in }
  ) throws -> Preprocessing {
    var encoding = EncodingSettings()
    change(&encoding)
    return try Preprocessing.fit(kind, factor: 0.5, imputation: imputation, encoding: encoding, to: table)
  }

  private func fit(
    _ imputation: ImputationSettings, _ change: (inout EncodingSettings) -> Void = { _ in }
  ) throws -> Preprocessing {
    try fit(.none, imputation, change)
  }

  @Test func `one-hot inputs and the most frequent category`() throws {
    let fitted = try fit(imputation(.mean, .mostFrequent))
    #expect(fitted.inputNames == ["x", "k=blue", "k=green", "k=red"] && fitted.inputCount == 4)
    #expect(
      try fitted.apply(table.features)
        == Matrix([[1, 1, 0, 0], [5, 0, 1, 0], [5, 0, 1, 0], [3, 0, 1, 0], [11, 0, 0, 1]]))
  }

  @Test(
    arguments: [(Imputation.mean, 5), (.median, 4), (.mostFrequent, 1), (.constant(.init()), 0)]
      as [(Imputation, Float)])
  func `numbers are replaced by what was fitted`(choice: Imputation, value: Float) throws {
    #expect(try fit(imputation(choice, .category)).apply(table.features)[1, 0] == value)
  }

  @Test func `missing categories may be one of their own, and the first level may be left out`() throws {
    let fitted = try fit(imputation(.mean, .category)) { $0.dropFirst = true }
    #expect(fitted.inputNames == ["x", "k=green", "k=red", "k=missing"])
    #expect(
      try fitted.apply(table.features)
        == Matrix([[1, 0, 0, 0], [5, 1, 0, 0], [5, 1, 0, 0], [3, 0, 0, 1], [11, 0, 1, 0]]))
  }

  @Test func `ordinal codes are numbers, also for a category of missing values`() throws {
    let fitted = try fit(imputation(.mean, .category)) { $0.kind = .ordinal }
    #expect(fitted.inputNames == ["x", "k"])
    #expect(try fitted.apply(table.features).columns(at: [1]) == Matrix([[0], [1], [1], [3], [2]]))
  }

  @Test func `an indicator says where a number was missing, and only columns with missing values have one`() throws {
    let fitted = try fit(.standardize, imputation(.mean, .mostFrequent, indicators: true))
    #expect(fitted.inputNames == ["x", "x=missing", "k=blue", "k=green", "k=red"])
    #expect(try fitted.apply(table.features).columns(at: [1]) == Matrix([[0], [1], [0], [0], [0]]))
    let whole = table.rows(at: [0, 2, 4])
    let without = try Preprocessing.fit(.none, imputation: imputation(.mean, .category, indicators: true), to: whole)
    #expect(without.inputNames == ["x", "k=blue", "k=green", "k=red", "k=missing"])
    #expect(try without.apply(table.features).row(1) == [Float(17.0 / 3), 0, 1, 0, 0])
  }

  @Test func `standardizing comes after imputation and leaves one-hot inputs alone`() throws {
    let fitted = try fit(.standardize, imputation(.mean, .mostFrequent))
    // 1, 5, 5, 3, 11: mean 5, variance (16 + 0 + 0 + 4 + 36) / 5.
    #expect(fitted.means == [5, 0])
    #expect(abs(fitted.deviations[0] - 11.2.squareRoot()) < 1e-12 && fitted.deviations[1] == 1)
    let inputs = try fitted.apply(table.features)
    #expect(inputs[0, 0] == Float(-4 / 11.2.squareRoot()) && inputs[1, 0] == 0)
    #expect(inputs.row(4).dropFirst() == [0, 0, 1])
    let scaled = try fit(.scale, imputation(.mean, .mostFrequent)).apply(table.features)
    #expect(scaled.row(4) == [5.5, 0, 0, 1])
  }

  @Test func `a missing value without imputation is an error with its place`() throws {
    #expect(
      message { try fit(imputation(.none, .category)) }
        == "row 2, column 'x': the value is missing, and nothing says what replaces it; "
        + "set an imputation (data.imputation) before training, or leave the row out")
    let plain = try Preprocessing.fit(
      .standardize, to: Table(features: Matrix([[1, 2], [3, 5]]), targets: .none, columnNames: ["a", "b"]))
    #expect(
      message { try plain.apply(Matrix([[1, 2], [3, .nan]])) }.hasPrefix("row 2, column 'b': the value is missing"))
    #expect(try plain.apply(Matrix([[1, .infinity]]))[0, 1] == .infinity)
    let filled = try Preprocessing.fit(.none, imputation: imputation(.mean, .none), to: table.rows(at: [0, 2]))
    #expect(message { try filled.apply(Matrix([[1, .nan]])) }.hasPrefix("row 1, column 'k': the value is missing"))
  }

  @Test func `an unknown category is an error, or no category at all`() throws {
    let rows = Matrix([[1, 0], [2, 3]])
    #expect(
      message { try fit(imputation(.mean, .mostFrequent)).apply(rows) }
        == "row 2, column \"k\": found a category that the model does not know, expected one of the categories of the "
        + "training part: \"blue\", \"green\", \"red\"; list the category in data.encoding.levels, or set "
        + "data.encoding.unknown to ignore")
    #expect(try fit(imputation(.mean, .mostFrequent)) { $0.unknown = .ignore }.apply(rows).row(1) == [2, 0, 0, 0])
    let ordinal = try fit(imputation(.mean, .mostFrequent)) { ($0.unknown, $0.kind) = (.ignore, .ordinal) }
    #expect(try ordinal.apply(rows).row(1) == [2, -1])
    // Codes that are no codes are no category either.
    #expect(try ordinal.apply(Matrix([[1, 1e30], [1, -7]])).columns(at: [1]) == Matrix([[-1], [-1]]))
  }

  @Test func `a table with other codes and another order is put right by the names of levels`() throws {
    let fitted = try fit(imputation(.mean, .mostFrequent))
    let other = Table(
      features: Matrix([[0, 7, 1], [1, 8, .nan]]), targets: .none,
      columns: [Column("k", .categorical(levels: ["red", "blue"])), Column("note"), Column("x")])
    let aligned = try fitted.aligned(other)
    #expect(aligned.columns[1].levels == ["blue", "green", "red"])
    #expect(aligned.features.columns(at: [1]) == Matrix([[2], [0]]) && aligned.features[1, 0].isNaN)
    let strange = Table(
      features: Matrix([[0, 1]]), targets: .none, columns: [Column("k", .categorical(levels: ["pink"])), Column("x")])
    #expect(message { try fitted.aligned(strange) }.hasPrefix("row 1, column \"k\": found \"pink\", expected one of"))
    let number = Table(features: Matrix([[0, 1]]), targets: .none, columnNames: ["k", "x"])
    #expect(
      message { try fitted.aligned(number) }
        == "column 'k' holds numbers, expected categories; declare its kind as in the training data")
  }

  @Test func `a training part knows only the levels that occur in it`() throws {
    let train = table.rows(at: [0, 3, 4]).withOccurringLevels()
    #expect(train.columns[1].levels == ["blue", "red"])
    #expect(train.features.columns(at: [1]).elements.map { $0.isNaN ? -1 : $0 } == [0, -1, 1])
    let test = table.rows(at: [1, 4]).withLevels(of: train.columns)
    #expect(test.columns[1].levels == ["blue", "red", "green"])
    #expect(test.features.columns(at: [1]) == Matrix([[2], [1]]))
    #expect(table.rows(at: [0]).withOccurringLevels(keeping: ["k"]).columns == table.columns)
  }

  @Test func `settings that do not fit their columns are errors`() throws {
    var settings = imputation(.mean, .mostFrequent)
    settings.columns = ["kk": .category]
    #expect(message { try fit(settings) }.contains("no column has this name, found 'kk'; did you mean 'k'?"))
    settings.columns = ["k": .median]
    #expect(message { try fit(settings) }.contains("'median' does not fit column 'k', which holds categories"))
    settings.columns = ["x": .category]
    #expect(message { try fit(settings) }.contains("'category' does not fit column 'x', which holds numbers"))
    #expect(
      message { try fit(imputation(.mean, .category)) { $0.columns = ["x": .ordinal] } }
        .contains("no column of categories has this name, found 'x'"))
    let empty = Table(features: Matrix([[.nan], [.nan]]), targets: .none, columnNames: ["x"])
    #expect(
      message { try Preprocessing.fit(.none, imputation: imputation(.mean, .none), to: empty) }
        .contains("all values of column 'x' are missing in the training part"))
  }

  @Test func `typed preprocessing survives encoding, and plain preprocessing has no further keys`() throws {
    var settings = imputation(.median, .category, indicators: true)
    settings.columns = ["x": .constant(.init())]
    let fitted = try fit(.standardize, settings) { ($0.unknown, $0.kind) = (.ignore, .ordinal) }
    let data = try JSONEncoder().encode(fitted)
    let read = try JSONDecoder().decode(Preprocessing.self, from: data)
    #expect(read == fitted && read.inputNames == fitted.inputNames)
    #expect(try read.apply(table.features) == fitted.apply(table.features))
    let plain = try JSONEncoder().encode(Preprocessing(scale: 2, columnNames: ["a"]))
    #expect(!String(decoding: plain, as: UTF8.self).contains("\"columns\""))
  }

  @Test func `shifts change numbers and leave categories and missing values`() throws {
    var generator = Philox(seed: 1)
    let context = ShiftContext(for: table)
    #expect(context.numericColumns == [0])
    // 1, 5, 3, 11: variance 14.
    #expect(abs(Double(context.featureScale?[0, 0] ?? 0) - 14.0.squareRoot()) < 1e-6)
    for shift in [Scaling(gain: 2), SensorOffset(amounts: [1]), Contrast(factor: 0.5)] as [any Shift] {
      let shifted = try shift.applyToRows(of: table.features, in: context, using: &generator)
      #expect(shifted[1, 0].isNaN && shifted[3, 1].isNaN && shifted[4, 1] == 2 && shifted[1, 1] == 1)
      #expect(shifted.rows == 5 && shifted.columns == 2)
    }
    let broken = try BrokenFeatures(count: 1, stuckAt: .high)
      .applyToRows(of: table.features, in: context, using: &generator)
    #expect((0..<5).allSatisfy { broken[$0, 0] == 11 } && broken[4, 1] == 2)
    let categories = Table(features: table.features.columns(at: [1]), targets: .none, columns: [table.columns[1]])
    #expect(
      message {
        try Scaling().applyToRows(of: categories.features, in: ShiftContext(for: categories), using: &generator)
      }
        == "scaling: all columns hold categories, and it changes numbers; leave the shift out, or add a column of numbers"
    )
  }
}
