public import AttuneCore

/// Height and width of images whose rows of pixels are laid out one after another in a row of features.
public struct ImageShape: Codable, Sendable, Equatable {
  /// Rows of pixels.
  public var height: Int
  /// Columns of pixels.
  public var width: Int

  /// An image of `height` by `width` pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// What a shift may know about the data.
public struct ShiftContext: Sendable {
  /// The shape of the images; nil where rows are no images.
  public var image: ImageShape?
  /// The bounds of every feature that is a number, to which shifted features are clipped; nil where there are none.
  public var range: ClosedRange<Float>?
  /// The deviation of each feature in the source data, `[1, d]`, in the features' units.
  public var featureScale: Matrix?
  /// The mean of each feature in the source data, `[1, d]`, in the features' units.
  public var featureMean: Matrix?
  /// Which columns hold numbers; nil where all do. Shifts see these only, unless they are of whole rows.
  public var numericColumns: [Int]?
  /// The number of categories of each column, 0 for numbers; nil where all columns hold numbers.
  public var levelCounts: [Int]?

  /// A context of what is known; nothing by default.
  public init(
    image: ImageShape? = nil, range: ClosedRange<Float>? = nil, featureScale: Matrix? = nil, featureMean: Matrix? = nil,
    numericColumns: [Int]? = nil, levelCounts: [Int]? = nil
  ) {
    self.image = image
    self.range = range
    self.featureScale = featureScale
    self.featureMean = featureMean
    self.numericColumns = numericColumns
    self.levelCounts = levelCounts
  }

  /// A context for rows like those of a training part: its numeric columns, with mean and deviation of each.
  public init(for table: Table, image: ImageShape? = nil, range: ClosedRange<Float>? = nil) {
    let moments = ColumnMoments(fills: table.columns.map { _ in nil }) { $0(table.features) }
    self.init(table.columns, moments, image: image ?? table.image, range: range)
  }

  /// A context for rows like those of a training part, in memory or in a file.
  ///
  /// - Throws: `FileError` where rows cannot be read.
  public init(forRows rows: some TableRows, image: ImageShape? = nil, range: ClosedRange<Float>? = nil) throws {
    let moments = try ColumnMoments(fills: rows.columns.map { _ in nil }) { add in
      try rows.forEachBlock { block, _ in add(block.features) }
    }
    self.init(rows.columns, moments, image: image ?? rows.image, range: range)
  }

  /// Mean and deviation of the columns of numbers, of the values that are there.
  private init(_ columns: [Column], _ moments: ColumnMoments, image: ImageShape?, range: ClosedRange<Float>?) {
    let numeric = columns.indices.filter { columns[$0].levels == nil }
    self.init(
      image: image, range: range,
      featureScale: Matrix(row: numeric.map { Float(moments.variances[$0].squareRoot()) }),
      featureMean: Matrix(row: numeric.map { Float(moments.means[$0]) }),
      numericColumns: numeric.count < columns.count ? numeric : nil,
      levelCounts: numeric.count < columns.count ? columns.map { $0.levels?.count ?? 0 } : nil)
  }

  /// `value` within the bounds.
  func clipped(_ value: Float) -> Float {
    guard let range else { return value }
    return min(max(value, range.lowerBound), range.upperBound)
  }

  /// The image's shape, checked against the number of features.
  func checkedImage(for shift: String, columns: Int) throws(ShiftError) -> ImageShape {
    guard let image else {
      throw ShiftError(
        shift: shift, problem: "it needs the images' height and width, and the data has none",
        advice: "give the data set's image shape, or use another shift")
    }
    guard image.height > 0, image.width > 0, !image.height.multipliedReportingOverflow(by: image.width).overflow,
      image.height * image.width == columns
    else {
      throw ShiftError(
        shift: shift, problem: "images of \(image.height)×\(image.width) do not have \(columns) features",
        advice: "correct the data set's image shape")
    }
    return image
  }

  /// The size of one `unit` for each feature.
  func unitSizes(_ unit: ShiftUnit, for shift: String, columns: Int) throws(ShiftError) -> [Float] {
    guard unit == .deviations else { return Array(repeating: 1, count: columns) }
    return try deviations(for: shift, columns: columns, orElse: ", or give the setting in raw units")
  }

  /// The deviation of each feature in the source data; `orElse` ends the advice where they are not known.
  func deviations(for shift: String, columns: Int, orElse: String = "") throws(ShiftError) -> [Float] {
    try known(featureScale, "deviation", for: shift, columns: columns, orElse: orElse)
  }

  /// The mean of each feature in the source data; `orElse` ends the advice where they are not known.
  func featureMeans(for shift: String, columns: Int, orElse: String = "") throws(ShiftError) -> [Float] {
    try known(featureMean, "mean", for: shift, columns: columns, orElse: orElse)
  }

  private func known(
    _ values: Matrix?, _ what: String, for shift: String, columns: Int, orElse: String
  ) throws(ShiftError) -> [Float] {
    guard let values, values.count == columns else {
      let found = values.map { "there are \($0.count) for \(columns) features" } ?? "none are known"
      throw ShiftError(
        shift: shift, problem: "it needs the source's \(what) of each feature, and \(found)",
        advice: "fit them on the source data\(orElse)")
    }
    return values.elements
  }
}
