// Worker thread of the sample data set: draws one chunk a request.
import { serveWorker } from '../../core/index.ts';
import { drawChunk, type DrawChunk, type DrawnChunk } from './draw-chunk.ts';

serveWorker<DrawChunk, DrawnChunk>(drawChunk);
