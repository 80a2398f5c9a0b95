internal import Foundation

extension AtomicFile {
  /// Removes temporary files that killed processes left in the folder of `path`.
  ///
  /// A file goes if its process is not among those of this machine and it is a minute old: another machine that shares
  /// the folder would still be writing to its own.
  ///
  /// - Note: What cannot be removed stays; it only takes space.
  public static func removeLeftovers(beside path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard let match = name.wholeMatch(of: #/\.attune-(\d+)-\d+\.tmp/#), let process = pid_t(match.1) else { continue }
      let file = folder + "/" + name
      var status = stat()
      guard kill(process, 0) != 0, errno == ESRCH, lstat(file, &status) == 0,
        time(nil) - status.st_mtim.tv_sec >= 60
      else { continue }
      unlink(file)
    }
  }
}
