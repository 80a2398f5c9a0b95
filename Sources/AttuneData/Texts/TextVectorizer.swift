public import AttuneCore
internal import Foundation

/// Turns texts into rows of numbers, a bag of words: a column for each word, or for each remainder of its hash.
///
/// What it knows it learned from the training part alone: which words there are, and for tf-idf how rare they are. A word
/// that it does not know is left out; a text without a known word is a row of zeros.
public struct TextVectorizer: Sendable, Equatable {
  /// What a cell holds.
  public enum Weighting: String, Codable, Sendable, CaseIterable {
    /// 1 where the word occurs.
    case binary
    /// How often it occurs.
    case count
    /// How often it occurs times `ln((1 + n)/(1 + f)) + 1` for a word that f of n training texts have, each row scaled to
    /// length 1, as scikit-learn does.
    case tfIDF = "tf-idf"
  }

  /// What becomes columns.
  public enum Columns: Sendable, Equatable {
    /// The words that most training texts have, ties in alphabetical order: at most `size`, each in `minimumCount` texts or
    /// more.
    case vocabulary(size: Int, minimumCount: Int)
    /// So many remainders of the FNV-1a hash (64 bits) of a word's UTF-8 bytes; words that share one are not told apart.
    case hashing(Int)
  }

  /// The most numbers of a dense table: 1 GiB.
  public static let tableLimit = 1 << 28

  /// The names of the columns: words, or `hash_0`, `hash_1`, ….
  public let columnNames: [String]
  /// What a cell holds.
  public let weighting: Weighting
  /// The column of each word; nil where words are hashed.
  private let columns: [String: Int]?
  /// The factor of each column; empty unless the weighting is tf-idf.
  private let factors: [Float]

  /// A vectorizer from its columns.
  ///
  /// - Parameters:
  ///   - columnNames: the words, or names of remainders.
  ///   - isHashed: whether the columns are remainders of hashes.
  ///   - documentFrequencies: in how many of `texts` training texts each column occurs; needed for tf-idf only.
  ///   - texts: the number of training texts.
  public init(
    columnNames: [String], isHashed: Bool = false, weighting: Weighting, documentFrequencies: [Int] = [], texts: Int = 0
  ) {
    precondition(
      weighting != .tfIDF || documentFrequencies.count == columnNames.count, "tf-idf needs the frequency of each column"
    )
    (self.columnNames, self.weighting) = (columnNames, weighting)
    columns =
      isHashed ? nil : Dictionary(columnNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    factors =
      weighting != .tfIDF
      ? [] : documentFrequencies.map { Float(log(Double(1 + texts) / Double(1 + $0)) + 1) }
  }

  /// The vectorizer of a training part.
  ///
  /// - Parameters:
  ///   - rows: the texts that train; one that repeats counts again.
  /// - Throws: `EmptyVocabulary` where no word is frequent enough.
  public init(_ columns: Columns, weighting: Weighting, fitting corpus: TextCorpus, rows: [Int]) throws(EmptyVocabulary)
  {
    switch columns {
    case .hashing(let size):
      let plain = TextVectorizer(
        columnNames: (0..<size).map { "hash_\($0)" }, isHashed: true, weighting: .binary)
      self.init(
        columnNames: plain.columnNames, isHashed: true, weighting: weighting,
        documentFrequencies: weighting == .tfIDF ? plain.frequencies(of: corpus, rows) : [], texts: rows.count)
    case .vocabulary(let size, let minimumCount):
      let frequencies = corpus.documentFrequencies(in: rows)
      let known = corpus.words.indices.filter { frequencies[$0] >= max(1, minimumCount) }.sorted {
        (frequencies[$1], corpus.words[$0]) < (frequencies[$0], corpus.words[$1])
      }.prefix(size)
      guard !known.isEmpty else { throw EmptyVocabulary(texts: rows.count, minimumCount: minimumCount) }
      self.init(
        columnNames: known.map { corpus.words[$0] }, weighting: weighting,
        documentFrequencies: known.map { frequencies[$0] }, texts: rows.count)
    }
  }

  /// The vectorizer that made a training part, found again in its columns.
  public init(of training: Table, isHashed: Bool, weighting: Weighting) {
    let d = training.columns.count
    var frequencies = [Int](repeating: 0, count: d)
    if weighting == .tfIDF {
      training.features.withElements { x in
        for start in stride(from: 0, to: x.count, by: max(1, d)) {
          for j in 0..<d where x[start + j] != 0 { frequencies[j] += 1 }
        }
      }
    }
    self.init(
      columnNames: training.columnNames, isHashed: isHashed, weighting: weighting, documentFrequencies: frequencies,
      texts: training.count)
  }

  /// The rows of some texts, of which only the words that occur are held.
  public func sparse(_ texts: [String]) throws(ShapeError) -> SparseRows {
    let corpus = TextCorpus(texts)
    return try sparse(corpus, rows: Array(0..<corpus.count))
  }

  /// The rows of some texts of a corpus.
  public func sparse(_ corpus: TextCorpus, rows: [Int]) throws(ShapeError) -> SparseRows {
    let places = corpus.words.map(column)
    return try SparseRows(columns: columnNames.count, rows.map { elements(corpus.texts[$0], places) })
  }

  /// The table of some texts of a corpus.
  ///
  /// - Throws: `ConfigValueError` where the table would hold more than `tableLimit` numbers.
  public func table(_ corpus: TextCorpus, rows: [Int]) throws -> Table {
    guard rows.count <= Self.tableLimit / max(1, columnNames.count) else {
      throw ConfigValueError(
        "\(rows.count) texts of \(columnNames.count) columns are more than the \(Self.tableLimit) numbers of a table; choose "
          + "a smaller vocabulary, or fewer columns of hashing", key: "source")
    }
    return Table(
      features: try sparse(corpus, rows: rows).dense(),
      targets: .classes(labels: rows.map { corpus.labels[$0] }, names: corpus.classes), columnNames: columnNames)
  }

  private func frequencies(of corpus: TextCorpus, _ rows: [Int]) -> [Int] {
    var frequencies = [Int](repeating: 0, count: columnNames.count)
    let places = corpus.words.map(column)
    for row in rows { for column in Set(corpus.texts[row].compactMap { places[$0.word] }) { frequencies[column] += 1 } }
    return frequencies
  }

  private func column(of word: String) -> Int? {
    columns.map { $0[word] } ?? Int(Self.hash(word) % UInt64(columnNames.count))
  }

  /// FNV-1a with 64 bits, of the UTF-8 bytes.
  static func hash(_ word: String) -> UInt64 {
    word.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  private func elements(_ text: [TextCorpus.Occurrence], _ places: [Int?]) -> [SparseRows.Element] {
    var counts: [Int: Int] = [:]
    for occurrence in text {
      if let column = places[occurrence.word] { counts[column, default: 0] += occurrence.count }
    }
    var row = counts.sorted { $0.key < $1.key }.map { column, count in
      SparseRows.Element(column: column, value: weighting == .binary ? 1 : Float(count))
    }
    guard weighting == .tfIDF else { return row }
    for k in row.indices { row[k].value *= factors[row[k].column] }
    let length = row.reduce(0) { $0 + Double($1.value) * Double($1.value) }.squareRoot()
    for k in row.indices where length > 0 { row[k].value = Float(Double(row[k].value) / length) }
    return row
  }
}

/// No word of the training texts is frequent enough to be a column.
public struct EmptyVocabulary: Error, Equatable, CustomStringConvertible {
  /// Training texts.
  public let texts: Int
  /// Texts that a word must occur in.
  public let minimumCount: Int

  /// No word occurs in so many of the texts.
  public init(texts: Int, minimumCount: Int) { (self.texts, self.minimumCount) = (texts, minimumCount) }

  /// What is missing and what to do.
  public var description: String {
    "no word occurs in \(minimumCount) or more of the \(texts) training texts; lower vocabulary.minimumCount, or check the "
      + "file's format and encoding"
  }
}
