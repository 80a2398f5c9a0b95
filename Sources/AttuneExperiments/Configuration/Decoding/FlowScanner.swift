/// Finds, without parsing, brackets that are nested too deep or that stand where a key belongs.
///
/// Inside of brackets it follows YAML's rules. Outside it knows quotes, comments and block scalars as far as needed to
/// tell brackets from text; what it takes for brackets by mistake (a line of a plain text that starts with one) has to
/// look very odd to be refused.
struct FlowScanner {
  enum Finding: Equatable {
    case tooDeep(Int)
    case collectionAsKey(Int)
  }

  private let bytes: [UInt8]
  private var index = 0
  private var open: [Int] = []  // positions of the brackets around `index`
  private var isKeyPlace = false
  private var parent = -1  // column of the latest key or dash outside of brackets, to which a block scalar belongs
  private var line = (start: 0, knownTo: 0)

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The first finding, or nil.
  mutating func firstFinding() -> Finding? {
    while index < bytes.count {
      if open.isEmpty {
        skipToBracket()
        isKeyPlace = false
      } else {
        skipToken()
      }
      guard index < bytes.count else { break }
      switch bytes[index] {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if isKeyPlace { return .collectionAsKey(index) }
        open.append(index)
        if open.count > ConfigParser.maximumDepth { return .tooDeep(index) }
        isKeyPlace = bytes[index] == UInt8(ascii: "{")
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard let start = open.popLast() else { break }
        if nextIsColon { return .collectionAsKey(start) }
        isKeyPlace = false
      case UInt8(ascii: ","):
        isKeyPlace = open.last.map { bytes[$0] == UInt8(ascii: "{") } ?? false
      default: break
      }
      index += 1
    }
    return nil
  }

  private var nextIsColon: Bool {
    bytes[(index + 1)...].first { !$0.isBlank } == UInt8(ascii: ":")
  }

  /// Inside of brackets: to the next bracket or comma.
  private mutating func skipToken() {
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","): return
      case UInt8(ascii: "#") where isAfterSpace: skipLine()
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        skipQuoted(byte)
        isKeyPlace = false
      case UInt8(ascii: "!"), UInt8(ascii: "&"): skipWord()  // the node is still to come
      case UInt8(ascii: "?"):
        isKeyPlace = true
        index += 1
      case UInt8(ascii: ":"):
        isKeyPlace = false
        index += 1
      default:
        if byte.isBlank || byte.isLineBreak {
          index += 1
        } else {
          isKeyPlace = false
          skipPlain()
        }
      }
    }
  }

  private mutating func skipPlain() {
    index += 1
    while index < bytes.count, !bytes[index].isFlowIndicator, !bytes[index].isLineBreak {
      if bytes[index - 1] == UInt8(ascii: ":"), bytes[index].isBlank { return }
      if bytes[index] == UInt8(ascii: "#"), isAfterSpace { return }
      index += 1
    }
  }

  private mutating func skipWord() {
    while index < bytes.count, !bytes[index].isBlank, !bytes[index].isLineBreak, !bytes[index].isFlowIndicator {
      index += 1
    }
  }

  private mutating func skipLine() {
    while index < bytes.count, !bytes[index].isLineBreak { index += 1 }
  }

  private mutating func skipQuoted(_ quote: UInt8) {
    index += 1
    while index < bytes.count, bytes[index] != quote {
      index += quote == UInt8(ascii: "\"") && bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index += 1
  }

  /// Outside of brackets: to the next one that starts a value.
  private mutating func skipToBracket() {
    let lastBreak = bytes[min(line.knownTo, index)..<min(index, bytes.count)].lastIndex(where: \.isLineBreak)
    line = (lastBreak.map { $0 + 1 } ?? line.start, index)
    var column = index - line.start
    var keyColumn = column
    var isTokenStart = column == 0
    while index < bytes.count {
      let start = index
      let byte = bytes[index]
      if byte.isLineBreak {
        (column, keyColumn, isTokenStart) = (0, 0, true)
        index += 1
        continue
      } else if byte.isBlank {
        index += 1
        if isTokenStart { keyColumn = column + 1 }
      } else if byte == UInt8(ascii: "#"), isAfterSpace {
        skipLine()
      } else if isTokenStart, byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
        return
      } else if isTokenStart, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?"), isBeforeSpace {
        parent = column
        index += 1
      } else if isTokenStart, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        skipQuoted(byte)
        isTokenStart = false
      } else if isTokenStart, byte == UInt8(ascii: "!") || byte == UInt8(ascii: "&") {
        skipWord()
      } else if isTokenStart, byte == UInt8(ascii: "|") || byte == UInt8(ascii: ">") {
        skipLine()
        skipLines()
        (column, keyColumn, isTokenStart) = (0, 0, true)
        continue
      } else if byte == UInt8(ascii: ":"), isBeforeSpace {
        parent = keyColumn
        isTokenStart = true
        index += 1
      } else {
        isTokenStart = false
        index += 1
      }
      column += index - start
    }
  }

  /// Skips the lines of a block scalar, blank ones included, to the start of the line after it.
  private mutating func skipLines() {
    while index < bytes.count {
      let start = index + 1
      let text = bytes[min(start, bytes.count)...].firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.count
      guard text < bytes.count, !bytes[text].isLineBreak, text - start <= parent else {
        index = text
        skipLine()
        continue
      }
      index = start
      return
    }
  }

  private var isAfterSpace: Bool {
    index == 0 || bytes[index - 1].isBlank || bytes[index - 1].isLineBreak
  }

  private var isBeforeSpace: Bool {
    index + 1 >= bytes.count || bytes[index + 1].isBlank || bytes[index + 1].isLineBreak
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
  fileprivate var isLineBreak: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
  fileprivate var isFlowIndicator: Bool {
    switch self {
    case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","): true
    default: false
    }
  }
}
