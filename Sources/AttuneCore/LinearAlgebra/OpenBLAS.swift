internal import CKernels
internal import COpenBLAS
internal import Foundation

/// The BLAS library in use: which kernels it dispatches to, and on how many threads.
public enum OpenBLAS {
  /// Chooses the kernels and one thread, once per process, before the first call.
  ///
  /// OpenBLAS 0.3.21 takes a Zen 4 or Zen 5 processor for a Haswell and then runs at half its speed. Where the processor
  /// has AVX-512 and OpenBLAS chose Haswell or Zen, its dispatch is run again for SkylakeX. A value of
  /// `OPENBLAS_CORETYPE` that the user set wins. One thread, because arms run in parallel.
  ///
  /// - Returns: whether the dispatch was redone.
  static let prepared: Bool = {
    let isRepaired = repairDispatch()
    openblas_set_num_threads(1)
    return isRepaired
  }()

  /// The kernels that OpenBLAS dispatches to, for example `SkylakeX`.
  public static var kernels: String {
    _ = prepared
    return String(cString: openblas_get_corename())
  }

  /// OpenBLAS's own description: version, build options, kernels.
  public static var configuration: String {
    _ = prepared
    return String(cString: openblas_get_config()).trimmingCharacters(in: .whitespaces)
  }

  /// The instruction set of Attune's own kernels, for example `x86-64-v4`.
  public static var instructionSet: String { String(cString: attune_instruction_set()) }

  /// The number of threads of one BLAS call.
  public static var threads: Int {
    get {
      _ = prepared
      return Int(openblas_get_num_threads())
    }
    set {
      _ = prepared
      openblas_set_num_threads(Int32(newValue))
    }
  }

  private typealias Hook = @convention(c) () -> Void

  private static func repairDispatch() -> Bool {
    let chosen = String(cString: openblas_get_corename())
    guard attune_has_avx512() != 0, ["Haswell", "Zen"].contains(chosen), getenv("OPENBLAS_CORETYPE") == nil,
      let handle = dlopen(nil, RTLD_NOW), let quit = dlsym(handle, "gotoblas_dynamic_quit"),
      let start = dlsym(handle, "gotoblas_dynamic_init")
    else { return false }
    unsafeBitCast(quit, to: Hook.self)()
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 1)
    unsafeBitCast(start, to: Hook.self)()
    unsetenv("OPENBLAS_CORETYPE")
    return true
  }
}
