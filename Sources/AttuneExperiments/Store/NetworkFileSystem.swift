internal import Foundation

/// File systems of other machines, on which SQLite's write-ahead log is not safe.
enum NetworkFileSystem {
  private static let kinds: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "lustre", "gpfs", "beegfs", "fuse.sshfs",
    "fuse.glusterfs", "fuse.ceph", "fuse.s3fs",
  ]

  /// The kind of the file system that holds a path, where it is one of other machines; nil for local ones.
  static func name(at path: String) -> String? {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8),
      let real = realpath(path, nil)
    else { return nil }
    defer { free(real) }
    return name(at: String(cString: real), mounts: mounts)
  }

  /// As `name(at:)`, for a path without links and the lines of Linux's `mountinfo`.
  static func name(at path: String, mounts: String) -> String? {
    var longest = -1, kind = ""
    for line in mounts.split(separator: "\n") {
      // Five fields of which the last is the place, options of any number, "-", then the kind.
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
      let place = fields[4].replacing("\\040", with: " ")
      let holds = place == "/" || path == place || path.hasPrefix(place + "/")
      // Of two at one place the later one lies above.
      if holds, place.count >= longest { (longest, kind) = (place.count, String(fields[dash + 1])) }
    }
    return kinds.contains(kind) ? kind : nil
  }
}
