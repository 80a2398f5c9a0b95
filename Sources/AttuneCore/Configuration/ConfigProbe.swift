/// A decoder that has no values, and finds out what a type would accept.
///
/// Types that ask `KeyedDecodingContainer` for their keys need nothing of it. A type that looks at the text of a config
/// itself asks whether its decoder is one, and says what it takes.
package protocol ConfigProbe: Decoder {
  /// A kind that the probe wants to know about.
  ///
  /// - Throws: where the mapping it plays has no key `kind`.
  func kind(among known: [String]) throws -> String

  /// Says that the value is one of two.
  func alternatives(_ first: (any Decoder) throws -> Void, or second: (any Decoder) throws -> Void) throws

  /// Says that any value is right.
  func acceptAnything()

  /// Says that any mapping is right.
  func acceptAnyMapping()
}
