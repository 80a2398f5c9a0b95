extension DataCatalog {
  /// Sentences, messages and names.
  static let texts: [PublicDataSet] = [
    PublicDataSet(
      name: "sms-spam", summary: "text messages, ham or spam", task: .classification, size: "5,574 messages",
      license: "CC BY 4.0",
      citation: "Almeida, Gomez Hidalgo, Yamakami 2011, DocEng; doi:10.24432/C5CC84",
      downloads: [
        uciArchive(
          "sms-spam", "228/sms+spam+collection.zip",
          sha256: "1587ea43e58e82b14ff1f5425c88e17f8496bfcdb67a583dbff9eefaf9963ce3",
          members: [
            .init(
              "sms-spam/SMSSpamCollection", .sha256("7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"),
              bytes: 477_907)
          ])
      ]),
    PublicDataSet(
      name: "sentiment-sentences", summary: "sentences from Amazon, IMDb and Yelp, good or bad: domain shift in text",
      task: .classification, size: "3 x 1,000 sentences", license: "CC BY 4.0",
      citation: "Kotzias et al. 2015, KDD; doi:10.24432/C57604",
      downloads: [
        uciArchive(
          "sentiment-sentences", "331/sentiment+labelled+sentences.zip",
          sha256: "afc26626d710899948693e1a61405dce197f57ffa719fa1130d346b4cc095343",
          members: [
            .init(
              "sentiment-sentences/amazon_cells_labelled.txt",
              .sha256("47003fc0a0d4840b00e96e715b6189bad09e7443a3da41c4cbe12ffc79f86ae3"), bytes: 58_226),
            .init(
              "sentiment-sentences/imdb_labelled.txt",
              .sha256("aef2e49e3da25714d61175e3a6e68eeef74a20a2f914318dc3be9947ea86512d"), bytes: 85_285),
            .init(
              "sentiment-sentences/yelp_labelled.txt",
              .sha256("c76468b7b5c6e56a0804d728345c5f84aa2142ddb214420f61cc9cfd4c00d2ea"), bytes: 61_320),
          ])
      ]),
    PublicDataSet(
      name: "names", summary: "first names for a character language model", task: .text, size: "32,033 names",
      license: "MIT (names from ssa.gov)", citation: "name the repository karpathy/makemore",
      downloads: [
        file(
          "names/names.txt", sha256: "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
          bytes: 228_145, from: "https://raw.githubusercontent.com/karpathy/makemore/988aa59/names.txt")
      ]),
    PublicDataSet(
      name: "20-newsgroups", summary: "messages of 20 newsgroups, split by date", task: .classification,
      size: "11,314 + 7,532 messages", license: "not recorded here; see its page",
      citation: "Lang 1995, NewsWeeder, ICML",
      downloads: [
        .init(
          .init(
            "20-newsgroups/20news-bydate.tar.gz",
            .sha256("8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610")),
          from: ["https://ndownloader.figshare.com/files/5975967"], unpacking: "tar -xzf 20news-bydate.tar.gz")
      ]),
    PublicDataSet(
      name: "imdb", summary: "film reviews, good or bad", task: .classification, size: "25,000 + 25,000 reviews",
      license: "not recorded here; see https://ai.stanford.edu/~amaas/data/sentiment",
      citation: "Maas et al. 2011, ACL",
      downloads: [
        .init(
          .init("imdb/aclImdb_v1.tar.gz", .md5("7c2ac02c03563afcf9b574c7e56c153a")),
          from: ["https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"],
          unpacking: "tar -xzf aclImdb_v1.tar.gz")
      ]),
  ]
}
