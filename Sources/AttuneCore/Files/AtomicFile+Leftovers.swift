internal import Foundation

extension AtomicFile {
  /// Removes temporary files that killed processes left in the folder of `path`.
  ///
  /// A file goes if its process is not among those of this machine and nobody holds its lock: a process of another
  /// machine or container that shares the folder still holds that of its own.
  ///
  /// - Note: What cannot be removed stays; it only takes space.
  public static func removeLeftovers(beside path: String) {
    let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard let match = name.wholeMatch(of: #/\.attune-(\d+)-\d+\.tmp/#), let process = pid_t(match.1) else { continue }
      let file = folder + "/" + name
      guard kill(process, 0) != 0, errno == ESRCH, !isLocked(file) else { continue }
      unlink(file)
    }
  }

  /// Whether a process holds the lock of a file, or that cannot be found out.
  private static func isLocked(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0
  }
}
