internal import Glibc

/// How much memory there is to hold files and tables.
public enum MemorySize {
  /// Bytes of the machine's memory, or of the address space where a limit (`ulimit -v`) is lower.
  public static let limit: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES)), pageSize = sysconf(Int32(_SC_PAGESIZE))
    var limit = pages > 0 && pageSize > 0 ? pages * pageSize : Int.max
    var space = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0, space.rlim_cur < UInt(limit) {
      limit = Int(space.rlim_cur)
    }
    return limit
  }()

  /// Bytes in gigabytes, for messages.
  public static func text(_ bytes: Int) -> String {
    let tenths = (Double(bytes) / 1e8).rounded()
    return "\(tenths / 10) GB"
  }
}
