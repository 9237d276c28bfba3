// The public data sets that can be fetched, where from, and what their archives are known to be.
import { PawprintError } from '../../core/index.ts';

export interface KnownDataset {
  readonly title: string;
  /** The official address first, then mirrors of the same archive. */
  readonly urls: readonly string[];
  readonly archiveName: string;
  /** Bytes of the archive, for the room it will take before a server has said so. */
  readonly archiveBytes: number;
  /**
   * As other projects pin it. Not computed here: where the publisher has replaced the archive, the user is told both
   * sums and decides.
   */
  readonly sha256: string;
  /** Class folders of the archive to the names used here. */
  readonly rename: Readonly<Record<string, string>>;
  readonly licence: string;
  readonly page: string;
}

export const datasetNames = ['cats-vs-dogs', 'oxford-pets'] as const;
export type DatasetName = (typeof datasetNames)[number];

export const knownDatasets: Readonly<Record<DatasetName, KnownDataset>> = {
  'cats-vs-dogs': {
    title: 'Cats and Dogs (Microsoft Research and Petfinder.com)',
    urls: [
      'https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip',
    ],
    archiveName: 'kagglecatsanddogs_5340.zip',
    archiveBytes: 824_887_076,
    sha256: 'b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9',
    rename: { Cat: 'cats', Dog: 'dogs' },
    licence: 'CDLA-Permissive-2.0',
    page: 'https://www.microsoft.com/en-us/download/details.aspx?id=54765',
  },
  'oxford-pets': {
    title: 'The Oxford-IIIT Pet Dataset (photos)',
    urls: [
      'https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz',
      'https://thor.robots.ox.ac.uk/pets/images.tar.gz',
    ],
    archiveName: 'oxford-pets-images.tar.gz',
    archiveBytes: 791_918_971,
    sha256: '67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d',
    rename: {},
    licence: 'CC BY-SA 4.0',
    page: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
  },
};

/** The data set of that name. Throws USAGE that lists the names there are. */
export function findDataset(name: string): KnownDataset {
  const known = datasetNames.find((candidate) => candidate === name);
  if (known !== undefined) return knownDatasets[known];
  throw new PawprintError('USAGE', {
    message: `there is no data set called "${name}"`,
    expected: datasetNames.join(' or '),
    received: name,
    hint: 'Photos of your own come in with: pawprint data import FOLDER --to data/raw',
  });
}
