internal import AttuneCore
internal import Foundation

/// The results that a run folder holds.
public enum FinishedRun: Sendable {
  /// Training arms × inference arms × scenarios.
  case experiment(ExperimentResults)
  /// Learners × streams.
  case online(OnlineResults)

  /// Reads `results.json` of a run folder.
  ///
  /// - Parameter folder: path of the folder.
  /// - Throws: `UnfinishedRun` where there is none; `FileError` where it cannot be read; `ResultsFileError` where it holds
  ///   something else.
  public init(folder: String) throws {
    let path = folder + "/results.json"
    let data: Data
    do {
      data = Data(try InputFile.bytes(at: path))
    } catch let error as FileError where error.kind == .notFound {
      throw UnfinishedRun(folder: folder)
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    struct Outline: Decodable { let streams: [Empty]? }
    struct Empty: Decodable {}
    do {
      if try decoder.decode(Outline.self, from: data).streams != nil {
        self = .online(try decoder.decode(OnlineResults.self, from: data))
      } else {
        self = .experiment(try decoder.decode(ExperimentResults.self, from: data))
      }
    } catch {
      throw ResultsFileError(path: path)
    }
  }

  /// Name of the experiment.
  public var name: String {
    switch self {
    case .experiment(let results): results.name
    case .online(let results): results.name
    }
  }

  /// What the machine, the build and the inputs were.
  public var provenance: Provenance {
    switch self {
    case .experiment(let results): results.provenance
    case .online(let results): results.provenance
    }
  }
}

/// A run that has no results yet.
public struct UnfinishedRun: Error, Equatable, CustomStringConvertible {
  /// Path of its folder.
  public let folder: String

  /// Which run and what to do.
  public var description: String {
    "\(folder) has no results.json: the run is not finished; watch it with 'attune report --serve', or go on with "
      + "'attune run \(folder)/config.yaml --output \(folder)'"
  }
}

/// A `results.json` that this version cannot read.
public struct ResultsFileError: Error, Equatable, CustomStringConvertible {
  /// Path of the file.
  public let path: String

  /// Which file and what to do.
  public var description: String {
    "\(path) does not hold results that this version of Attune reads: it is damaged or of another version; run the "
      + "experiment again with --output and its folder, which writes it anew"
  }
}

extension FinishedRun {
  /// The report of the run as one HTML page.
  public var page: String {
    switch self {
    case .experiment(let results): HTMLReport.render(results)
    case .online(let results): OnlineReport.render(results)
    }
  }
}
