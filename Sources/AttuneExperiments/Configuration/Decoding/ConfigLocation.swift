internal import AttuneCore

/// Where a piece of a configuration was written: a line of a file, or an override.
public struct ConfigLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file as the user named it, or the override's text such as `--set training.epochs=3`.
  public var source: String
  /// Line in the file, from 1; nil in an override.
  public var line: Int?
  /// Column in the line in Unicode scalars, from 1; nil in an override.
  public var column: Int?

  /// A place in a file.
  public init(file: String, line: Int, column: Int) {
    source = file
    self.line = line
    self.column = column
  }

  /// A source without lines.
  public init(source: String) {
    self.source = source
  }

  /// `file:line:column`, or the source alone.
  public var description: String {
    guard let line, let column else { return source }
    return "\(source):\(line):\(column)"
  }
}

/// The way from the root of a configuration to one of its nodes.
public struct ConfigPath: Sendable, Hashable, CustomStringConvertible {
  /// One step of a path.
  public enum Component: Sendable, Hashable {
    /// Into a mapping.
    case key(String)
    /// Into a sequence, from 0.
    case index(Int)
  }

  /// The steps, from the root.
  public var components: [Component]

  /// A path of some steps; none is the root.
  public init(_ components: [Component] = []) {
    self.components = components
  }

  /// The path one key further.
  public func appending(key: String) -> ConfigPath { ConfigPath(components + [.key(key)]) }
  /// The path one element further.
  public func appending(index: Int) -> ConfigPath { ConfigPath(components + [.index(index)]) }

  /// As messages and overrides write it: `training[1].optimizer.momentum`; empty at the root.
  public var description: String {
    var text = ""
    for component in components {
      switch component {
      case .index(let index):
        text += "[\(index)]"
      case .key(let key):
        if key.isEmpty || key.utf8.count > 60 || !key.utf8.allSatisfy(\.isNameByte) {
          text += "[\(key.quotedForMessage)]"
        } else {
          text += text.isEmpty ? key : ".\(key)"
        }
      }
    }
    return text
  }
}

extension UInt8 {
  /// An ASCII letter, digit, `_` or `-`.
  var isNameByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
