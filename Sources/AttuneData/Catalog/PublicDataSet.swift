/// A public data set: what it is, under which terms, and where its files are found.
public struct PublicDataSet: Sendable, Equatable {
  /// What the set is used for, in one word.
  public enum Task: String, Sendable, Codable {
    /// Its rows have classes.
    case classification
    /// Its rows have a number to predict.
    case regression
    /// It is text without answers.
    case text
  }

  /// The name on the command line, and the folder of its files.
  public var name: String
  /// What it is, in one line.
  public var summary: String
  /// What it is used for.
  public var task: Task
  /// Rows × columns, as far as they are known.
  public var size: String
  /// The license as the page of the set states it.
  public var license: String
  /// What to cite.
  public var citation: String
  /// What is downloaded.
  public var downloads: [Download]

  /// A set with its downloads.
  public init(
    name: String, summary: String, task: Task, size: String, license: String, citation: String, downloads: [Download]
  ) {
    (self.name, self.summary, self.task, self.size) = (name, summary, task, size)
    (self.license, self.citation, self.downloads) = (license, citation, downloads)
  }

  /// The files that a user reads: the downloads, or what is inside those that are archives.
  public var files: [File] { downloads.flatMap { $0.members.isEmpty ? [$0.file] : $0.members } }
}

extension PublicDataSet {
  /// The published hash of a file, written in lower-case hexadecimal digits.
  public enum Checksum: Sendable, Equatable {
    /// SHA-256.
    case sha256(String)
    /// MD5: it finds a damaged file, not one that was made to deceive.
    case md5(String)
    /// SHA-1 of `blob <length>\0` and the bytes, as git names a file; like MD5, against damage only.
    case gitBlob(String)

    /// The kind of the hash, in words.
    public var kind: String {
      switch self {
      case .sha256: "SHA-256"
      case .md5: "MD5"
      case .gitBlob: "git's SHA-1"
      }
    }

    /// The digits.
    public var digits: String {
      switch self {
      case .sha256(let digits), .md5(let digits), .gitBlob(let digits): digits
      }
    }
  }

  /// A file with its hash.
  public struct File: Sendable, Equatable {
    /// The path below the data folder.
    public var path: String
    /// The hash that its bytes must have; nil only for an archive whose members have hashes.
    public var checksum: Checksum?
    /// Bytes, where known.
    public var bytes: Int?

    /// A file below the data folder.
    public init(_ path: String, _ checksum: Checksum?, bytes: Int? = nil) {
      (self.path, self.checksum, self.bytes) = (path, checksum, bytes)
    }

    /// The last part of the path.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  /// A file at an address; an archive carries the files inside that are used.
  public struct Download: Sendable, Equatable {
    /// The file that the address gives.
    public var file: File
    /// Where it is found; the first that answers is used.
    public var addresses: [String]
    /// The files to unpack; empty where the file is used as it is.
    public var members: [File]
    /// The command that unpacks an archive in the folder of the set; nil where the file is used as it is.
    public var unpacking: String?
    /// Whether the archive is packed anew now and then, so that only the hashes of its members decide.
    public var isRepacked: Bool

    /// A download.
    public init(
      _ file: File, from addresses: [String], members: [File] = [], unpacking: String? = nil, isRepacked: Bool = false
    ) {
      (self.file, self.addresses, self.members) = (file, addresses, members)
      (self.unpacking, self.isRepacked) = (unpacking, isRepacked)
    }
  }
}
