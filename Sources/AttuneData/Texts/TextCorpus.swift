internal import AttuneCore

/// Labeled texts, split into words.
public struct TextCorpus: Sendable {
  /// A word of a text and how often it occurs there.
  struct Occurrence: Sendable, Equatable {
    /// Its place in `words`.
    var word: Int
    var count: Int
  }

  /// All words that occur, in the order of their first occurrence.
  public private(set) var words: [String] = []
  /// The words of each text, each once, in the order of their places in `words`.
  private(set) var texts: [[Occurrence]] = []
  /// The class of each text; empty where there are no labels.
  public private(set) var labels: [Int] = []
  /// The names of the classes.
  public private(set) var classes: [String] = []

  /// The number of texts.
  public var count: Int { texts.count }

  /// Texts without labels.
  public init(_ texts: [String]) {
    var places: [String: Int] = [:]
    for text in texts { add(text, &places) }
  }

  /// The texts of some files, one after the other.
  ///
  /// - Parameters:
  ///   - files: the files.
  ///   - dropsDuplicates: whether a text that is there already, in whatever file and with whatever label, is left out: if
  ///     it stood on both sides of a split, the model would be asked what it was told.
  ///   - known: the classes in order; nil takes those that occur, sorted.
  /// - Throws: what reading the files throws; `DataError` for a label that is none of the classes.
  public init(_ files: [TextFile], dropsDuplicates: Bool, classes known: [String]? = nil) throws {
    let read = try files.map { ($0, try $0.lines()) }
    let classes = known ?? Set(read.flatMap { $0.1.map(\.label) }).sorted()
    let positions = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var places: [String: Int] = [:], seen: Set<String> = []
    for (file, lines) in read {
      let strange = lines.filter { positions[$0.label] == nil }
      guard strange.isEmpty else {
        let shown = classes.prefix(10).joined(separator: ", ") + (classes.count > 10 ? ", …" : "")
        throw DataError(
          path: file.path,
          problems: strange.prefix(DataError.problemLimit).map {
            .init(line: $0.number, value: $0.label, expected: "one of \(shown)")
          }, count: strange.count, advice: "the model knows only the classes of its training part")
      }
      for line in lines where !dropsDuplicates || seen.insert(line.text).inserted {
        add(line.text, &places)
        labels.append(positions[line.label, default: 0])
      }
    }
    self.classes = classes
  }

  private mutating func add(_ text: String, _ places: inout [String: Int]) {
    var counts: [Int: Int] = [:]
    for word in TextWords.split(text) {
      let place = places[word] ?? words.count
      if place == words.count {
        places[word] = place
        words.append(word)
      }
      counts[place, default: 0] += 1
    }
    texts.append(counts.sorted { $0.key < $1.key }.map { Occurrence(word: $0.key, count: $0.value) })
  }

  /// In how many of some texts each word occurs.
  func documentFrequencies(in rows: some Sequence<Int>) -> [Int] {
    var frequencies = [Int](repeating: 0, count: words.count)
    for row in rows { for occurrence in texts[row] { frequencies[occurrence.word] += 1 } }
    return frequencies
  }

  /// The name of the only column of `numbers`.
  public static let numberColumn = "text"

  /// A table that stands for the texts until it is known which of them train: the number of each and its class.
  public var numbers: Table {
    Table(
      features: Matrix(rows: count, columns: 1, (0..<count).map(Float.init)),
      targets: .classes(labels: labels, names: classes), columnNames: [Self.numberColumn])
  }

  /// The numbers of the texts that rows of `numbers` stand for.
  public static func rows(of numbers: Table) -> [Int] { numbers.features.elements.map { Int($0) } }
}
