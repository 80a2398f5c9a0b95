internal import AttuneCore
internal import AttuneData

/// The texts of an experiment. Their words become columns when it is known which texts train.
struct TextRows: Sendable {
  private let settings: DataSourceConfiguration.Text
  private let source: TextCorpus
  private let test: TextCorpus?

  /// - Parameter test: the texts of the official test part; nil where the source is split.
  init(_ settings: DataSourceConfiguration.Text, source: TextCorpus, test: TextCorpus?) {
    (self.settings, self.source, self.test) = (settings, source, test)
  }

  /// The numbers of the texts, which a split takes for rows.
  var numbers: Table { source.numbers }

  /// The same of the official test part; nil where there is none.
  var testNumbers: Table? { test?.numbers }

  /// Parts that hold numbers of texts as rows of words. The vocabulary and the rarity of words are those of the training
  /// part, in which a text that was drawn twice counts twice.
  func vectorized(_ parts: ExperimentData.Parts) throws -> ExperimentData.Parts {
    let training = TextCorpus.rows(of: parts.train)
    let vectorizer = try TextVectorizer(
      settings.columns, weighting: settings.weighting ?? .binary, fitting: source, rows: training)
    return ExperimentData.Parts(
      train: try vectorizer.table(source, rows: training),
      test: try vectorizer.table(test ?? source, rows: TextCorpus.rows(of: parts.test)),
      heldOut: try parts.heldOut.map { try vectorizer.table(source, rows: TextCorpus.rows(of: $0)) })
  }
}

extension DataSourceLoader {
  /// The texts of a section.
  ///
  /// - Parameter classes: those of the training part; nil for that part itself.
  func corpus(_ text: DataSourceConfiguration.Text, classes: [String]? = nil) throws -> TextCorpus {
    let files = text.files.map { file in
      TextFile(
        path: path(file.path), label: file.label.map { .file($0) } ?? .line(text.format ?? .labelText),
        encoding: text.encoding)
    }
    return try explained(text.files.map(\.path)) {
      try TextCorpus(files, dropsDuplicates: text.deduplicate, classes: classes)
    }
  }

  /// The texts of the data section; nil where its source holds none.
  func texts() throws -> TextRows? {
    guard case .text(let text) = configuration.source else { return nil }
    let source = try corpus(text)
    var test: TextCorpus?
    if case .text(let following) = configuration.test {
      try following.checkFollowing("data.test")
      test = try corpus(following, classes: source.classes)
    }
    return TextRows(text, source: source, test: test)
  }

  /// The texts of a scenario as rows with the columns of the training part.
  func rows(of text: DataSourceConfiguration.Text, like training: Table?) throws -> Table {
    guard case .text(let fitted) = configuration.source, let training else {
      throw ConfigValueError("texts need a data.source of kind text, whose words they share", key: "data")
    }
    try text.checkFollowing("a scenario")
    let corpus = try corpus(text, classes: training.targets.classNames)
    let vectorizer = TextVectorizer(
      of: training, isHashed: fitted.isHashed, weighting: fitted.weighting ?? .binary)
    return try vectorizer.table(corpus, rows: Array(0..<corpus.count))
  }
}
