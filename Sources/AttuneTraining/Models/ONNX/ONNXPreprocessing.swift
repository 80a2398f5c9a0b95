internal import AttuneCore
internal import AttuneData

/// Preprocessing as nodes: from raw rows to the inputs of the network, in double precision as everywhere.
///
/// A graph cannot throw. What `Preprocessing.apply` refuses, a missing value that nothing replaces and a category that
/// is not known, becomes NaN here, which `refusal` carries to every output of its row.
struct ONNXPreprocessing {
  /// The inputs of the network, `[rows, inputs]` floats.
  let inputs: String
  /// `[rows, 1]`: 0, or NaN for a row that is refused.
  let refusal: String

  /// Adds the nodes for `preprocessing` of `rows`.
  init(_ preprocessing: Preprocessing, of rows: String, to graph: inout ONNXGraph) {
    if preprocessing.isTyped {
      let columns = TypedColumns(preprocessing)
      let cells = columns.addCells(of: rows, to: &graph)
      inputs = columns.addInputs(from: cells, to: &graph)
      refusal = Self.addRefusal(of: cells.filled, isDouble: true, to: &graph)
    } else {
      inputs = Self.addPlain(preprocessing, of: rows, to: &graph)
      refusal = Self.addRefusal(of: rows, isDouble: false, to: &graph)
    }
  }

  /// Adds nodes that sum zeros along each row: NaN and infinities become NaN.
  ///
  /// Without them a missing value could be lost on the way: the maximum of 0 and NaN may be 0.
  static func addRefusal(of rows: String, isDouble: Bool, to graph: inout ONNXGraph) -> String {
    let zero =
      isDouble
      ? graph.constant([0.0] as [Double], shape: [1, 1], named: "refusal.zero")
      : graph.constant([0.0] as [Float], shape: [1, 1], named: "refusal.zero")
    let zeros = graph.add("Mul", [rows, zero], named: "refusal.zeros")
    let axes = graph.constant([1], shape: [1], named: "refusal.axes")
    let sums = graph.add("ReduceSum", [zeros, axes], named: "refusal", [.integer("keepdims", 1)])
    return isDouble ? graph.cast(sums, to: .float, named: "refusal.float") : sums
  }

  private static func addPlain(_ preprocessing: Preprocessing, of rows: String, to graph: inout ONNXGraph) -> String {
    let shape = [1, preprocessing.columns.count]
    guard preprocessing.kind != .none else { return rows }
    // A mean that is rounded to a float, subtracted from a year, costs digits.
    var values = graph.cast(rows, to: .double, named: "preprocessing.double")
    if !preprocessing.means.isEmpty {
      let means = graph.constant(preprocessing.means, shape: shape, named: "preprocessing.means")
      values = graph.add("Sub", [values, means], named: "preprocessing.centered")
    }
    if !preprocessing.deviations.isEmpty {
      let deviations = graph.constant(preprocessing.deviations, shape: shape, named: "preprocessing.deviations")
      values = graph.add("Div", [values, deviations], named: "preprocessing.standardized")
    }
    if preprocessing.kind == .scale {
      let factor = graph.constant([preprocessing.factor], shape: [1, 1], named: "preprocessing.factor")
      values = graph.add("Mul", [values, factor], named: "preprocessing.scaled")
    }
    return graph.cast(values, to: .float, named: "preprocessing.inputs")
  }
}

/// Columns of categories, with holes, or unused: one entry for each input of the network.
private struct TypedColumns {
  /// The nodes of the cells that the inputs are made of, `[rows, inputs]`.
  struct Cells {
    /// Truth values: where nothing stood.
    var missing: String
    /// Doubles, missing ones replaced; NaN where that is refused.
    var filled: String
  }

  private var sources: [Int] = []
  private var fills: [Double] = []
  private var levelCounts: [Double] = []
  private var isNumber: [Bool] = []
  /// What replaces an unknown category: −1, or NaN where it is refused.
  private var unknowns: [Double] = []
  private var means: [Double] = []
  private var deviations: [Double] = []
  private var factors: [Double] = []
  /// The code whose input this is; −2, which no cell has, where it is none.
  private var codes: [Double] = []
  private var isOneHot: [Bool] = []
  private var isIndicator: [Bool] = []

  init(_ preprocessing: Preprocessing) {
    for (place, column) in preprocessing.columns.enumerated() where column.isUsed {
      let levels = column.column.levels
      let oneHot = levels != nil && column.encoding == .oneHot
      for offset in 0..<column.inputCount {
        sources.append(place)
        fills.append(column.fill ?? .nan)
        levelCounts.append(Double(levels?.count ?? 0))
        isNumber.append(levels == nil)
        unknowns.append(column.unknown == .ignore ? -1 : .nan)
        means.append(preprocessing.means.isEmpty ? 0 : preprocessing.means[place])
        deviations.append(preprocessing.deviations.isEmpty ? 1 : preprocessing.deviations[place])
        factors.append(preprocessing.kind == .scale ? preprocessing.factor : 1)
        codes.append(oneHot ? Double(offset + (column.dropsFirst ? 1 : 0)) : -2)
        isOneHot.append(oneHot)
        isIndicator.append(!oneHot && column.hasIndicator && offset == 1)
      }
    }
  }

  private var shape: [Int] { [1, sources.count] }

  func addCells(of rows: String, to graph: inout ONNXGraph) -> Cells {
    let sources = graph.constant(sources, shape: [sources.count], named: "columns.sources")
    let cells = graph.add("Gather", [rows, sources], named: "columns.cells", [.integer("axis", 1)])
    let missing = graph.add("IsNaN", [cells], named: "columns.missing")
    var values = graph.cast(cells, to: .double, named: "columns.double")
    if isNumber.contains(false) {
      let zero = graph.constant([0.0] as [Double], shape: [1, 1], named: "columns.zero")
      let counts = graph.constant(levelCounts, shape: shape, named: "columns.levels")
      let numbers = graph.constant(isNumber, shape: shape, named: "columns.numbers")
      let unknowns = graph.constant(unknowns, shape: shape, named: "columns.unknown")
      let below = graph.add("Less", [values, zero], named: "columns.below")
      let notBelow = graph.add("Not", [below], named: "columns.notBelow")
      let within = graph.add("Less", [values, counts], named: "columns.within")
      let level = graph.add("And", [notBelow, within], named: "columns.level")
      let known = graph.add("Or", [level, numbers], named: "columns.known")
      values = graph.add("Where", [known, values, unknowns], named: "columns.values")
    }
    let fills = graph.constant(fills, shape: shape, named: "columns.fills")
    return Cells(missing: missing, filled: graph.add("Where", [missing, fills, values], named: "columns.filled"))
  }

  func addInputs(from cells: Cells, to graph: inout ONNXGraph) -> String {
    var values = cells.filled
    func constant(_ values: [Double], _ name: String, in graph: inout ONNXGraph) -> String {
      graph.constant(values, shape: shape, named: "columns.\(name)")
    }
    if means.contains(where: { $0 != 0 }) {
      values = graph.add("Sub", [values, constant(means, "means", in: &graph)], named: "columns.centered")
    }
    if deviations.contains(where: { $0 != 1 }) {
      values = graph.add(
        "Div", [values, constant(deviations, "deviations", in: &graph)], named: "columns.standardized")
    }
    if factors.contains(where: { $0 != 1 }) {
      values = graph.add("Mul", [values, constant(factors, "factors", in: &graph)], named: "columns.scaled")
    }
    if isIndicator.contains(true) {
      let indicators = graph.cast(cells.missing, to: .double, named: "columns.indicators")
      let mask = graph.constant(isIndicator, shape: shape, named: "columns.isIndicator")
      values = graph.add("Where", [mask, indicators, values], named: "columns.withIndicators")
    }
    if isOneHot.contains(true) {
      // A code between two integers is taken for the lower one.
      let whole = graph.add("Floor", [cells.filled], named: "columns.whole")
      let equal = graph.add("Equal", [whole, constant(codes, "codes", in: &graph)], named: "columns.equal")
      let ones = graph.cast(equal, to: .double, named: "columns.oneHot")
      let mask = graph.constant(isOneHot, shape: shape, named: "columns.isOneHot")
      values = graph.add("Where", [mask, ones, values], named: "columns.encoded")
    }
    return graph.cast(values, to: .float, named: "columns.inputs")
  }
}
