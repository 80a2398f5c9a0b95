public import AttuneCore
public import AttuneData

extension DataSourceConfiguration {
  /// Files of labeled texts, each text a row with a column for each word.
  public struct Text: Codable, Sendable, Equatable, ValidatedConfiguration {
    /// A file of texts.
    public struct File: Codable, Sendable, Equatable {
      /// Path of the file, relative to the config file.
      public var path: String
      /// The class of all its texts; nil where each line names it.
      public var label: String?
    }

    /// The words that become columns.
    public struct Vocabulary: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
      /// The most words.
      public var size = 2000
      /// Training texts that a word must occur in.
      public var minimumCount = 2

      /// The defaults named above.
      public init() {}

      /// Throws a `ConfigValueError` for the first setting out of its range.
      public func validate() throws {
        try ConfigCheck.range("size", size, atLeast: 1, atMost: 1 << 20)
        try ConfigCheck.range("minimumCount", minimumCount, atLeast: 1)
      }
    }

    /// The files, read one after the other.
    public var files: [File]
    /// What a line holds; nil where each file has a label.
    public var format: TextFile.Format?
    /// How letters are coded.
    public var encoding: TextFile.Encoding
    /// Whether a text that was there already is left out.
    public var deduplicate: Bool
    /// The words that become columns; nil stands for the defaults, or hashing.
    public var vocabulary: Vocabulary?
    /// Columns of remainders of words' hashes; nil where there is a vocabulary.
    public var hashing: Int?
    /// What a cell holds; nil is `binary`.
    public var weighting: TextVectorizer.Weighting?

    private enum CodingKeys: String, CodingKey {
      case files, format, encoding, deduplicate, vocabulary, hashing, weighting
      /// Path of the only file, relative to the config file; in the place of `files`.
      case path
    }

    /// Decodes from a config or model file; a value that does not fit is an error with its place.
    public init(from decoder: any Decoder) throws {
      let keys = try decoder.container(keyedBy: CodingKeys.self)
      if let path = try keys.decodeIfPresent(String.self, forKey: .path) {
        try ConfigCheck.require(!keys.contains(.files), "files", "does nothing beside 'path'; remove one")
        files = [File(path: path)]
      } else {
        files = try keys.decode([File].self, forKey: .files)
      }
      format = try keys.decodeIfPresent(TextFile.Format.self, forKey: .format)
      encoding = try keys.decodeIfPresent(TextFile.Encoding.self, forKey: .encoding) ?? .utf8
      deduplicate = try keys.decodeIfPresent(Bool.self, forKey: .deduplicate) ?? false
      vocabulary = try keys.decodeIfPresent(Vocabulary.self, forKey: .vocabulary)
      hashing = try keys.decodeIfPresent(Int.self, forKey: .hashing)
      weighting = try keys.decodeIfPresent(TextVectorizer.Weighting.self, forKey: .weighting)
    }

    /// Encodes so that decoding gives an equal value.
    public func encode(to encoder: any Encoder) throws {
      var keys = encoder.container(keyedBy: CodingKeys.self)
      try keys.encode(files, forKey: .files)
      try keys.encodeIfPresent(format, forKey: .format)
      try keys.encode(encoding, forKey: .encoding)
      try keys.encode(deduplicate, forKey: .deduplicate)
      try keys.encodeIfPresent(vocabulary, forKey: .vocabulary)
      try keys.encodeIfPresent(hashing, forKey: .hashing)
      try keys.encodeIfPresent(weighting, forKey: .weighting)
    }

    /// Throws a `ConfigValueError` for the first setting that does not fit the others.
    public func validate() throws {
      try ConfigCheck.require(!files.isEmpty, "files", "must be one file or more")
      let labeled = files.count(where: { $0.label != nil })
      try ConfigCheck.require(
        labeled == 0 || labeled == files.count, "files", "must have a label each, or none")
      if labeled == 0 {
        try ConfigCheck.require(
          format != nil, "format", "must be label-text or text-label, or each file have a 'label'")
      } else {
        try ConfigCheck.require(format == nil, "format", "does nothing where each file has a 'label'; remove it")
      }
      if let hashing {
        try ConfigCheck.require(vocabulary == nil, "vocabulary", "does nothing beside 'hashing'; remove one")
        try ConfigCheck.range("hashing", hashing, atLeast: 1, atMost: 1 << 20)
      }
    }

    /// Whether columns are remainders of hashes.
    var isHashed: Bool { hashing != nil }

    /// What becomes columns.
    var columns: TextVectorizer.Columns {
      if let hashing { return .hashing(hashing) }
      let vocabulary = vocabulary ?? Vocabulary()
      return .vocabulary(size: vocabulary.size, minimumCount: vocabulary.minimumCount)
    }

    /// Throws where the section says what only the training part's can.
    func checkFollowing(_ place: String) throws {
      for (key, isGiven) in [
        ("vocabulary", vocabulary != nil), ("hashing", hashing != nil), ("weighting", weighting != nil),
      ] where isGiven {
        throw ConfigValueError("does nothing in \(place): the columns are those of data.source; remove it", key: key)
      }
    }
  }
}
