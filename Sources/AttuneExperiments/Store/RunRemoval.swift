internal import AttuneCore
internal import Foundation

/// Removes runs, and what no run needs any more.
public struct RunRemoval: Sendable {
  /// The folder that holds the run folders.
  public let runs: String

  /// Removal in a folder of run folders.
  public init(runs: String) { self.runs = runs }

  /// Bytes that removing a folder gives back.
  public static func bytes(of folder: String) -> Int { DiskUse.bytes(at: folder) }

  /// Removes a run folder with everything in it.
  ///
  /// - Throws: `RunFolderBusy` where a process is at work in it; `RunFolderMismatch` where it holds no run; `FileError`
  ///   where something cannot be removed.
  public static func remove(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path + "/config.yaml") else {
      throw RunFolderMismatch(path: path, content: .otherFiles)
    }
    let folder = try RunFolder(path), lock = try RunLock(folder)
    defer { withExtendedLifetime(lock) {} }
    // Another name first: what is interrupted is no run any more, and `gc` finds it.
    let away = folder.parent + "/.attune-\(getpid())-\(UInt32.random(in: 0...(.max))).tmp"
    guard rename(path, away) == 0 else {
      throw FileError(kind: .cannotCreate, path: path, reason: String(cString: strerror(errno)))
    }
    do {
      try FileManager.default.removeItem(atPath: away)
    } catch {
      throw FileError(kind: .inputOutput, path: away, reason: "\((error as NSError).localizedDescription)")
    }
    let link = folder.parent + "/latest"
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == folder.name { unlink(link) }
  }

  /// Something that no run needs.
  public struct Garbage: Codable, Sendable, Equatable {
    /// What it is.
    public enum Kind: String, Codable, Sendable {
      /// A model that no run has trained or taken.
      case training
      /// What a killed process left.
      case temporary
    }

    /// What it is.
    public var kind: Kind
    /// Path of the file or folder.
    public var path: String
    /// Bytes that removing it gives back.
    public var bytes: Int
  }

  /// What no run needs: trainings of no run, and temporary files that killed processes left.
  ///
  /// - Parameter modelHashes: the SHA-256 of all models that runs have.
  public func garbage(keeping modelHashes: Set<String>) -> [Garbage] {
    let cache = TrainingCache(runs: runs)
    let trainings = cache.entries.filter { $0.modelHash.map { !modelHashes.contains($0) } ?? true }
    let folders =
      [runs, cache.path]
      + AttuneStore.folders(in: runs).map(\.path).flatMap { [$0, $0 + "/models", $0 + "/units"] }
    return trainings.map { Garbage(kind: .training, path: $0.path, bytes: $0.bytes) }
      + folders.flatMap { AtomicFile.leftovers(in: $0) }.map {
        Garbage(kind: .temporary, path: $0, bytes: DiskUse.bytes(at: $0))
      }
  }

  /// Removes what `garbage` found.
  ///
  /// - Returns: what could not be removed.
  public static func remove(_ garbage: [Garbage]) -> [Garbage] {
    garbage.filter { (try? FileManager.default.removeItem(atPath: $0.path)) == nil }
  }
}
