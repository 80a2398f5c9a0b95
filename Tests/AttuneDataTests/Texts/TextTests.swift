import AttuneCore
import AttuneData
import Foundation
import Testing

@Suite struct TextTests {
  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-text-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func corpus(
    _ text: String, _ label: TextFile.Label = .line(.labelText), dropsDuplicates: Bool = false, classes: [String]? = nil
  ) throws -> TextCorpus {
    var found: TextCorpus?
    try withFile(Array(text.utf8)) { path in
      found = try TextCorpus([TextFile(path: path, label: label)], dropsDuplicates: dropsDuplicates, classes: classes)
    }
    return try #require(found)
  }

  /// The text of the error, with the path cut off.
  private func failure(_ bytes: [UInt8], _ label: TextFile.Label = .line(.labelText), classes: [String]? = nil) throws
    -> String
  {
    var text = ""
    try withFile(bytes) { path in
      do {
        _ = try TextCorpus([TextFile(path: path, label: label)], dropsDuplicates: false, classes: classes)
      } catch {
        text = "\(error)".replacing(path, with: "FILE")
      }
    }
    return text
  }

  @Test(arguments: [
    ("Free entry in 2 a wkly comp", ["free", "entry", "in", "2", "a", "wkly", "comp"]),
    ("Don't, 'quote' rock'n'roll’s '' !", ["don't", "quote", "rock'n'roll's"]),
    ("£1.50 x@y.com a_b", ["1", "50", "x", "y", "com", "a", "b"]),
    ("Être naïve ΣΟΦΟΣ 日本", ["être", "naïve", "σοφοσ", "日本"]), (" :-) ... ", []), ("", []),
  ])
  func `words are runs of letters, digits and apostrophes in lower case`(text: String, words: [String]) {
    // Lower case of the capital sigma depends on whether it ends the word.
    #expect(TextWords.split(text).map { $0.replacing("ς", with: "σ") } == words)
  }

  @Test func `a line is a label and a text, split at the first or the last tab`() throws {
    let spam = try corpus("ham\tGo\tnow\r\nspam\tWin now\n\n")
    #expect(spam.classes == ["ham", "spam"] && spam.labels == [0, 1] && spam.words == ["go", "now", "win"])
    // U+0085 separates lines for some, but not here.
    let sentences = try corpus("So\tgood.  \t1\nnot\u{85}good\t0", .line(.textLabel))
    #expect(
      sentences.classes == ["0", "1"] && sentences.labels == [1, 0] && sentences.words == ["so", "good", "not"])
    let plain = try corpus("a film\nthe\tfilm\n", .file("good"))
    #expect(plain.classes == ["good"] && plain.labels == [0, 0] && plain.words == ["a", "film", "the"])
  }

  @Test func `texts that repeat are left out where that is asked for, whatever their label`() throws {
    let text = "ham\tgo\nspam\twin\nham\tgo \nspam\tgo\n"
    #expect(try corpus(text).count == 4)
    #expect(try corpus(text, dropsDuplicates: true).labels == [0, 1])
  }

  @Test func `bad lines are refused with their number and what to do`() throws {
    #expect(
      try failure(Array("ham\tgo\nspam\t \n".utf8))
        == "FILE: line 2: found \"spam\\t \", expected a text that is not empty; mend the lines; 'format' says what a line "
        + "holds, label-text or text-label, and where files have a 'label' each line is a text")
    #expect(
      try failure(Array("ham go".utf8)).contains("line 1: found \"ham go\", expected a label and a text with a tab"))
    #expect(try failure(Array("\tgo".utf8)).contains("line 1: found \"\\tgo\", expected a label;"))
    #expect(
      try failure(Array("go\n\ngo".utf8), .file("a")).contains("line 2: found \"\", expected a text that is not empty"))
    #expect(try failure([]).contains("expected a text, but there is none; check the path"))
    #expect(
      try failure(Array("ham\tgo\neggs\tgo".utf8), classes: ["ham", "spam"])
        == "FILE: line 2: found \"eggs\", expected one of ham, spam; the model knows only the classes of its training part"
    )
    let latin = Array("good\tna".utf8) + [0xEF] + Array("ve".utf8)
    #expect(try failure(latin).contains("expected UTF-8; if the file is ISO-8859-1, set 'encoding: latin-1'"))
    try withFile(latin) { path in
      let file = TextFile(path: path, label: .line(.labelText), encoding: .latin1)
      let words = try TextCorpus([file], dropsDuplicates: false).words
      #expect(words == ["naïve"])
    }
  }

  private static let lines = "a\tred red blue\nb\tblue green\na\tred blue\nb\tyellow\n"

  @Test func `the vocabulary is that of the training texts, the most frequent words first`() throws {
    let corpus = try corpus(Self.lines)
    func words(_ size: Int, _ minimumCount: Int, _ rows: [Int]) throws -> [String] {
      try TextVectorizer(
        .vocabulary(size: size, minimumCount: minimumCount), weighting: .binary, fitting: corpus, rows: rows
      ).columnNames
    }
    #expect(try words(9, 1, [0, 1, 2, 3]) == ["blue", "red", "green", "yellow"])
    #expect(try words(2, 1, [0, 1, 2, 3]) == ["blue", "red"])
    #expect(try words(9, 2, [0, 1, 2, 3]) == ["blue", "red"])
    #expect(try words(9, 1, [1, 3]) == ["blue", "green", "yellow"])
    // A row that was drawn twice counts twice.
    #expect(try words(9, 2, [1, 1, 3]) == ["blue", "green"])
    let error = #expect(throws: EmptyVocabulary.self) { try words(9, 2, [1, 3]) }
    #expect(
      error?.description
        == "no word occurs in 2 or more of the 2 training texts; lower vocabulary.minimumCount, or check "
        + "the file's format and encoding")
  }

  @Test func `cells hold whether a word occurs, how often, or how rare it is too`() throws {
    let corpus = try corpus(Self.lines), rows = [0, 1, 2]
    func table(_ weighting: TextVectorizer.Weighting) throws -> (TextVectorizer, Table) {
      let vectorizer = try TextVectorizer(
        .vocabulary(size: 9, minimumCount: 1), weighting: weighting, fitting: corpus, rows: rows)
      return (vectorizer, try vectorizer.table(corpus, rows: [0, 1, 3]))
    }
    let (binary, first) = try table(.binary)
    #expect(first.features == Matrix([[1, 1, 0], [1, 0, 1], [0, 0, 0]]))
    #expect(
      first.columnNames == ["blue", "red", "green"] && first.targets == .classes(labels: [0, 1, 1], names: ["a", "b"]))
    #expect(try table(.count).1.features == Matrix([[1, 2, 0], [1, 0, 1], [0, 0, 0]]))
    // scikit-learn 1.9.1, TfidfVectorizer(vocabulary=['blue', 'red', 'green']) fitted to the first three texts.
    let (weighted, third) = try table(.tfIDF)
    let expected: [Float] = [0.361965, 0.932192, 0, 0.508542, 0, 0.861037, 0, 0, 0]
    #expect(zip(third.features.elements, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    // The vectorizer is found again in the training table, and served texts are rows as trained ones are.
    let training = try weighted.table(corpus, rows: rows)
    #expect(TextVectorizer(of: training, isHashed: false, weighting: .tfIDF) == weighted)
    let served = try binary.sparse(["Green, BLUE and unknown words", "none", ""])
    #expect(served.dense() == Matrix([[1, 0, 1], [0, 0, 0], [0, 0, 0]]))
  }

  @Test func `hashed words need no vocabulary`() throws {
    let corpus = try corpus(Self.lines)
    let vectorizer = try TextVectorizer(.hashing(8), weighting: .count, fitting: corpus, rows: [0])
    #expect(vectorizer.columnNames == (0..<8).map { "hash_\($0)" })
    let row = try vectorizer.sparse(["red red", "a", "red"])
    // FNV-1a of "a" with 64 bits is af63dc4c8601ec8c.
    #expect(row.elements(ofRow: 1) == [.init(column: 0x8c % 8, value: 1)])
    #expect(row.elements(ofRow: 0).map(\.value) == [2])
    #expect(row.elements(ofRow: 0).map(\.column) == row.elements(ofRow: 2).map(\.column))
    let rare = try TextVectorizer(.hashing(8), weighting: .tfIDF, fitting: corpus, rows: [0, 1, 2])
    let training = try rare.table(corpus, rows: [0, 1, 2])
    #expect(TextVectorizer(of: training, isHashed: true, weighting: .tfIDF) == rare)
  }

  @Test func `a table that would be too large is refused`() throws {
    let corpus = try corpus(Self.lines)
    let vectorizer = try TextVectorizer(.hashing(1 << 20), weighting: .binary, fitting: corpus, rows: [0])
    let error = #expect(throws: ConfigValueError.self) {
      try vectorizer.table(corpus, rows: Array(repeating: 0, count: 257))
    }
    #expect(error?.description.contains("257 texts of 1048576 columns are more than the 268435456 numbers") == true)
  }

  static let folder = ProcessInfo.processInfo.environment["ATTUNE_DATA"]

  @Test(.enabled(if: folder != nil, "set ATTUNE_DATA to the folder of public data sets"))
  func `the public texts have as many lines as published`() throws {
    let folder = try #require(Self.folder)
    func corpus(_ files: [TextFile], dropsDuplicates: Bool = false) throws -> TextCorpus {
      try TextCorpus(files, dropsDuplicates: dropsDuplicates)
    }
    let spam = TextFile(path: folder + "/sms-spam/SMSSpamCollection", label: .line(.labelText))
    #expect(try corpus([spam]).labels.count(where: { $0 == 1 }) == 747)
    #expect(try corpus([spam]).count == 5574)
    #expect(try corpus([spam], dropsDuplicates: true).count <= 5574 - 403)
    for site in ["amazon_cells", "imdb", "yelp"] {
      let file = TextFile(path: folder + "/sentiment-sentences/\(site)_labelled.txt", label: .line(.textLabel))
      let sentences = try corpus([file])
      #expect(sentences.classes == ["0", "1"] && sentences.labels.count == 1000)
      #expect(sentences.labels.reduce(0, +) == 500)
    }
    let films = try corpus(
      ["pos", "neg"].map {
        TextFile(path: folder + "/rt-polarity/rt-polarity.\($0)", label: .file($0), encoding: .latin1)
      })
    #expect(films.count == 10_662 && films.classes == ["neg", "pos"] && films.labels.reduce(0, +) == 5331)
  }
}
