import Testing

@testable import AttuneCommand

@Suite struct QuantityTests {
  @Test(arguments: [("1e6", 1e6), ("1_000_000", 1e6), ("1M", 1e6), ("2.5k", 2500), ("7", 7), ("3G", 3e9)])
  func `counts`(text: String, value: Double) { #expect(Quantity.count(text) == value) }

  @Test(arguments: [("800ns", 0.8), ("250us", 250), ("250µs", 250), ("2ms", 2000), ("1.5s", 1.5e6), ("2 ms", 2000)])
  func `times in microseconds`(text: String, value: Double) { #expect(Quantity.microseconds(text) == value) }

  @Test(arguments: [
    ("4096B", 4096), ("512kB", 512_000), ("8MB", 8e6), ("1GB", 1e9), ("1KiB", 1024), ("8MiB", 8_388_608),
  ])
  func `bytes`(text: String, value: Double) { #expect(Quantity.bytes(text) == value) }

  @Test func `what has no unit, no number or no size is none`() {
    for text in ["2", "ms", "-2ms", "0ms", "infs", "0x10s", "2min", "", "1e400s"] {
      #expect(Quantity.microseconds(text) == nil, "\(text)")
    }
    for text in ["8", "8Mb", "MB", "nanMB"] { #expect(Quantity.bytes(text) == nil, "\(text)") }
    for text in ["", "-1", "many", "1 000", "nan"] { #expect(Quantity.count(text) == nil, "\(text)") }
    #expect(Quantity.quality("5%") == 0.05 && Quantity.quality("0.05") == 0.05)
  }
}
