/// How texts become words: in lower case, runs of letters, digits and apostrophes; all else separates.
///
/// Letters and digits are those of Unicode, `’` counts as `'`, and apostrophes at the ends of a run are cut off, so that
/// `"Don't!"` is the word `don't`.
public enum TextWords {
  /// The words of a text, in order.
  public static func split(_ text: String) -> [String] {
    var words: [String] = [], word = String.UnicodeScalarView()
    func finish() {
      while word.last == "'" { word.removeLast() }
      if !word.isEmpty { words.append(String(word)) }
      word = String.UnicodeScalarView()
    }
    for scalar in text.lowercased().unicodeScalars {
      if isApostrophe(scalar) {
        if !word.isEmpty { word.append("'") }
      } else if isPart(scalar) {
        word.append(scalar)
      } else {
        finish()
      }
    }
    finish()
    return words
  }

  private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "\u{2019}" }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    guard !scalar.isASCII else {
      return ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.generalCategory == .decimalNumber
      || properties.generalCategory == .nonspacingMark
  }
}
