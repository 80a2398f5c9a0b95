public import AttuneCore
internal import AttuneData

extension DataSourceConfiguration {
  /// Two arrays of a NumPy archive.
  public struct NPZ: Codable, Sendable, Equatable {
    /// Path of the archive, relative to the config file.
    public var path: String
    /// Name of the array of features, `[n, d]` or `[n, height, width]`.
    public var features: String
    /// Name of the array of targets: class numbers or values, `[n]`.
    public var targets: String
  }

  /// Two IDX files, plain or packed with gzip.
  public struct IDX: Codable, Sendable, Equatable, ValidatedConfiguration {
    /// Path of the rows, relative to the config file.
    public var images: String
    /// Path of the labels, relative to the config file.
    public var labels: String
    /// The names of the classes 0, 1, …; nil names them by their number, or as `data.source` does.
    public var classes: [String]?

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      guard let classes else { return }
      try ConfigCheck.require(
        classes.count > 1 && Set(classes).count == classes.count, "classes", "must be two different names or more")
    }
  }

  /// A file of sparse lines, plain or packed with gzip.
  public struct LIBSVM: Codable, Sendable, Equatable, ValidatedConfiguration {
    /// Path of the file, relative to the config file.
    public var path: String
    /// The number of features; nil takes the highest index of the file.
    public var features: Int?

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      if let features {
        try ConfigCheck.require(
          (1...LIBSVMTableLoader.featureLimit).contains(features), "features",
          "must be an integer from 1 to \(LIBSVMTableLoader.featureLimit)")
      }
    }
  }

  /// What is generated, in words; nil for rows of files.
  var generatedName: String? {
    switch self {
    case .housePrices: "house prices"
    case .gaussianLinear: "targets of gaussian-linear rows"
    case .csv, .npy, .npz, .idx, .libsvm, .text: nil
    }
  }

  /// The paths of all files, as given.
  var paths: [String] {
    var paths: [String] = []
    _ = mappingPaths { path in
      paths.append(path)
      return path
    }
    return paths
  }

  /// The source with every path replaced.
  func mappingPaths(_ transform: (String) -> String) -> DataSourceConfiguration {
    switch self {
    case .csv(var csv):
      csv.path = transform(csv.path)
      return .csv(csv)
    case .npy(var npy):
      (npy.features, npy.targets) = (transform(npy.features), transform(npy.targets))
      return .npy(npy)
    case .npz(var npz):
      npz.path = transform(npz.path)
      return .npz(npz)
    case .idx(var idx):
      (idx.images, idx.labels) = (transform(idx.images), transform(idx.labels))
      return .idx(idx)
    case .libsvm(var libsvm):
      libsvm.path = transform(libsvm.path)
      return .libsvm(libsvm)
    case .text(var text):
      for place in text.files.indices { text.files[place].path = transform(text.files[place].path) }
      return .text(text)
    case .housePrices, .gaussianLinear: return self
    }
  }
}
