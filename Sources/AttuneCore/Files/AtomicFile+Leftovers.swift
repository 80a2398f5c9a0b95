internal import Foundation

extension AtomicFile {
  /// Removes temporary files that killed processes left in the folder of `path`.
  ///
  /// A file goes if its process is not among those of this machine and nobody holds its lock: a process of another
  /// machine or container that shares the folder still holds that of its own.
  ///
  /// - Note: What cannot be removed stays; it only takes space.
  public static func removeLeftovers(beside path: String) {
    for file in leftovers(in: URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path) {
      unlink(file)
    }
  }

  /// The temporary files and folders in a folder that killed processes left, by path.
  public static func leftovers(in folder: String) -> [String] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return names.filter { name in
      guard let match = name.wholeMatch(of: #/\.attune-(\d+)-\d+\.tmp/#), let process = pid_t(match.1) else {
        return false
      }
      return kill(process, 0) != 0 && errno == ESRCH && !isLocked(folder + "/" + name)
    }.map { folder + "/" + $0 }
  }

  /// Whether a process holds the lock of a file, or that cannot be found out.
  private static func isLocked(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }
}
